"""Explorer: the curve that a wide, lazily trained ReLU network draws through six points, between its two limits.

The curve through the points of least ∫ |ĥ|²/(A/ω⁴ + B/ω²) dω, straight lines free: the kernel A|z|³/12 − B|z|/2 with a
line added, one bordered system of 8 equations. B = 0 gives the natural cubic spline, A = 0 straight lines between the
points. The rate of a frequency is A/ω⁴ + B/ω², here with A + B = 1; its two parts are equal at ω = √(A/B). For weights
of two signs and size s, A/B = 2/s². Distances are the largest ones, in % of the range of the points' heights.
"""

import numpy as np

from fbkit.explorers.explorer import Array, Axis, Choice, Explorer, Number, Panel, line, scatter
from fbkit.interpolate import lfp_interpolant

PLACES = {"six": (-0.9, -0.6, -0.25, 0.2, 0.6, 0.85), "even": (-0.9, -0.54, -0.18, 0.18, 0.54, 0.9)}
PLACES |= {"gap": (-0.9, -0.8, -0.7, 0.5, 0.7, 0.9)}
FREQUENCY, RATIOS = 10 ** (np.arange(81) / 40), 10 ** (np.arange(-12, 37) / 6)


def distances(curve, others, heights):
    return [100 * np.abs(curve - other).max() / (np.ptp(heights) or 1.0) for other in others]


def frame(heights, ratio, places, steps=0):
    X, Y, w = np.array(PLACES[places]), np.array(heights), FREQUENCY
    x = np.linspace(X[0], X[-1], 241)
    curve = lambda A, B: lfp_interpolant(X, Y, x, A, B)
    parts = lambda r: (r / (1 + r), 1 / (1 + r))
    both = cubic, lines = curve(1.0, 0.0), curve(0.0, 1.0)
    now, far = curve(*parts(ratio)), np.array([distances(curve(*parts(r)), both, Y) for r in RATIOS]).T
    (A, B), at = parts(ratio), np.array([np.sqrt(ratio)])
    inside = at[(at >= w[0]) & (at <= w[-1])]
    arrays = {"x": x, "curve": now, "cubic": cubic, "lines": lines, "points": X, "heights": Y, "frequency": w}
    arrays |= {"rate": A / w**4 + B / w**2, "outer": A / w**4, "offset": B / w**2, "crossing": inside}
    arrays |= {"crossing_rate": A / inside**4 + B / inside**2, "ratios": RATIOS, "from_cubic": far[0]}
    arrays |= {"from_lines": far[1], "ratio": at**2}
    return arrays | dict(zip(("cubic_now", "lines_now"), np.array(distances(now, both, Y))[:, None]))


def summary(arrays, params):
    cubic, lines = arrays["cubic_now"][0], arrays["lines_now"][0]
    return (f"Distance from the cubic spline {cubic:.1f} %, from straight lines {lines:.1f} % of the range. "
            f"Both parts of the rate are equal at frequency {np.sqrt(params['ratio']):.2f}.")  # fmt: skip


EXPLORER = Explorer(
    name="linear_frequency_principle", title="A spline between two splines",
    hint="At which ratio is the curve as far from one dashed limit as from the other? Does it depend on the heights?",
    params={
        "ratio": Number("Ratio A/B", 22.0, 0.01, 1e6, log=True),
        "places": Choice("Places", "six", {"six": "as in the chapter", "even": "evenly spaced", "gap": "with a gap"}),
        "heights": Array("Height", (-0.3, 0.7, 0.1, -0.6, 0.4, 0.9), -1, 1, tuple(f"point {k}" for k in range(1, 7))),
    },
    presets={
        "Weights of size 0.3": {}, "Size 1": {"ratio": 2.0}, "Size 3": {"ratio": 0.22}, "Nearly cubic": {"ratio": 1e5},
        "One point up": {"heights": (0, 0, 0, 1, 0, 0)}, "Across a gap": {"ratio": 1e5, "places": "gap"},
    },
    panels=(
        Panel("Six points and three curves", Axis("x", low=-1, high=1), Axis("height", low=-1.25, high=1.25), (
            line("x", "cubic", label="cubic spline", color="green", dash=True),
            line("x", "lines", label="straight lines", color="orange", dash=True),
            line("x", "curve", label="network, predicted", width=3),
            scatter("points", "heights", label="points (drag)", color="grey", drag="heights"),
        ), wide=True),
        Panel("Rate of each frequency", Axis("frequency ω", log=True), Axis("rate", log=True, low=1e-6), (
            line("frequency", "outer", label="A/ω⁴", color="green", dash=True),
            line("frequency", "offset", label="B/ω²", color="orange", dash=True),
            line("frequency", "rate", label="sum", width=3),
            scatter("crossing", "crossing_rate", label="equal parts", color="grey"),
        )),
        Panel("Distance from both limits", Axis("ratio A/B", log=True), Axis("largest distance (% of range)", low=0), (
            line("ratios", "from_cubic", label="from the cubic spline", color="green"),
            line("ratios", "from_lines", label="from straight lines", color="orange"),
            scatter("ratio", "cubic_now", label="now", color="grey"), scatter("ratio", "lines_now", color="grey"),
        )),
    ),
    frame=frame, summary=summary, engine=True, doc=__doc__,
)  # fmt: skip
