"""Explorer: the curve that a wide, lazily trained ReLU network draws through six
points, between its two limits.

The curve through the points of least ∫ |ĥ|²/(A/ω⁴ + B/ω²) dω, straight lines free: the
kernel A|z|³/12 − B|z|/2 with a line added, one bordered system of 8 equations. B = 0
gives the natural cubic spline, A = 0 straight lines between the points. The rate of a
frequency is A/ω⁴ + B/ω², here with A + B = 1; its two parts are equal at ω = √(A/B).
For weights of two signs and size s, A/B = 2/s². Distances are the largest ones, in % of
the range of the points' heights. Moments are training times in units of 1/(slowest
rate) of the six points; the best straight line is there from the start.
"""

import numpy as np

from fbkit.explorers import Array, Axis, Explorer, Number, Panel, line, scatter
from fbkit.interpolate import lfp_interpolant

X = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
FREQUENCY, RATIOS = 10 ** (np.arange(81) / 40), 10 ** (np.arange(-12, 37) / 6)
MOMENTS = 10 ** (np.arange(41) / 10 - 2.5)


def left(Y, A, B):
    """The residual at each moment: straight lines taken off, then a rate for each
    eigenvector of the kernel.
    """
    z, free = (
        np.abs(X[:, None] - X),
        np.linalg.qr(np.stack([np.ones(6), X], axis=1), mode="complete")[0][:, 2:],
    )
    rates, vectors = np.linalg.eigh(free.T @ (A * z**3 / 12 - B * z / 2) @ free)
    return (np.exp(-np.outer(MOMENTS, rates / rates[0])) * (Y @ free @ vectors)) @ (
        free @ vectors
    ).T


def frame(heights, ratio, steps=0):
    Y, w, x = np.array(heights), FREQUENCY, np.linspace(X[0], X[-1], 241)
    curve = lambda A, B, values=Y: lfp_interpolant(X, values, x, A, B)
    parts = lambda r: (r / (1 + r), 1 / (1 + r))
    (A, B), both = parts(ratio), np.array([curve(1.0, 0.0), curve(0.0, 1.0)])
    far = lambda one: 100 * np.abs(one - both).max(axis=1) / (np.ptp(Y) or 1.0)
    end, others = curve(A, B), np.array([far(curve(*parts(r))) for r in RATIOS])
    arrays = {
        "x": x,
        "end": end,
        "cubic": both[0],
        "lines": both[1],
        "points": X,
        "heights": Y,
        "moments": MOMENTS,
    }
    arrays |= {
        "frequency": w,
        "rate": A / w**4 + B / w**2,
        "outer": A / w**4,
        "offset": B / w**2,
        "ratios": RATIOS,
    }
    arrays |= {
        "from_cubic": others[:, 0],
        "from_lines": others[:, 1],
        "now": np.full(2, ratio),
        "now_far": far(end),
    }
    rest = left(Y, A, B)
    return arrays | {
        "network": np.array([curve(A, B, Y - r) for r in rest]),
        "error": np.sqrt((rest**2).mean(axis=1)),
    }


def summary(arrays, params):
    words = (
        "Distance from the cubic spline {:.1f} %, from straight lines {:.1f} % of the"
        " range. Both parts of the rate "
    )
    return (
        words.format(*arrays["now_far"])
        + f"are equal at frequency {np.sqrt(params['ratio']):.2f}."
    )


EXPLORER = Explorer(
    name="linear_frequency_principle",
    title="A spline between two splines",
    hint=(
        "At which ratio is the curve as far from one dashed limit as from the other?"
        " Play trains: what comes first?"
    ),
    params={
        "ratio": Number("Ratio A/B", 22.0, 0.01, 1e6, log=True),
        "heights": Array(
            "Height",
            (-0.3, 0.7, 0.1, -0.6, 0.4, 0.9),
            -1,
            1,
            tuple(f"point {k}" for k in range(1, 7)),
        ),
    },
    presets={
        "Weights of size 0.3": {},
        "Size 1": {"ratio": 2.0},
        "Size 3": {"ratio": 0.22},
        "Nearly cubic": {"ratio": 1e5},
        "One point up": {"heights": (0, 0, 0, 1, 0, 0)},
    },
    panels=(
        Panel(
            "Curves through six points",
            Axis("x", low=-1, high=1),
            Axis("height", low=-1.25, high=1.25),
            (
                line("x", "cubic", label="cubic spline", color="green", dash=True),
                line("x", "lines", label="straight lines", color="orange", dash=True),
                line("x", "end", label="predicted", width=3),
                line(
                    "x", "network", label="at the moment", color="purple", moving=True
                ),
                scatter(
                    "points",
                    "heights",
                    label="points (drag)",
                    color="grey",
                    drag="heights",
                ),
            ),
            wide=True,
        ),
        Panel(
            "Rate of each frequency",
            Axis("frequency ω", log=True),
            Axis("rate", log=True, low=1e-6),
            (
                line("frequency", "outer", label="A/ω⁴", color="green"),
                line("frequency", "rate", label="sum", width=3),
                line("frequency", "offset", label="B/ω²", color="orange"),
            ),
        ),
        Panel(
            "Error left at the points",
            Axis("time × slowest rate", log=True),
            Axis("error", log=True, low=1e-4),
            (line("moments", "error", label="root mean square", color="purple"),),
            time=True,
        ),
        Panel(
            "Distance from both limits",
            Axis("ratio A/B", log=True),
            Axis("largest distance (% of range)", low=0),
            (
                line(
                    "ratios", "from_cubic", label="from the cubic spline", color="green"
                ),
                line(
                    "ratios", "from_lines", label="from straight lines", color="orange"
                ),
                scatter("now", "now_far", label="at this ratio", color="grey"),
            ),
        ),
    ),
    frame=frame,
    summary=summary,
    engine=True,
    time="moments",
    doc=__doc__,
)
