"""A picture that only this page draws: two half circles, and the kernel of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fbkit.kernels import relu_profile
from fbkit.plot import LIGHT, Picture

if TYPE_CHECKING:
    import matplotlib.axes

BLUE, ORANGE, GREEN = LIGHT[:3]
INK = "#010203"  # stands for the page's text colour, as in fbkit.plot


def half_circles(turn: float = 1.2) -> Picture:
    """The directions that are on at one input, and at another, `turn` radians away;
    beside it the kernel, by the angle between two inputs.

    A unit of direction w is on at u where w·u > 0: on the half circle around u.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.1), layout="constrained")
    axes, tent = figure.subplots(1, 2, width_ratios=[1.15, 1])
    _kernel(tent)
    axes.set_aspect("equal")
    axes.set_axis_off()
    one, other = (np.pi + turn) / 2, (np.pi - turn) / 2
    ends = one - np.pi / 2, other + np.pi / 2
    angles = np.linspace(*ends, 100)
    wedge = np.append(0, np.cos(angles)), np.append(0, np.sin(angles))
    axes.fill(*wedge, color=GREEN, alpha=0.25, linewidth=0)
    _arc(axes, (0, 2 * np.pi), 1, INK, 0.8)
    _arc(axes, (one - np.pi / 2, one + np.pi / 2), 1.06, BLUE, 4)
    _arc(axes, (other - np.pi / 2, other + np.pi / 2), 1.14, ORANGE, 4)
    _arc(axes, (other, one), 0.4, INK, 0.8)
    axes.text(0, 0.45, "θ", ha="center", color=INK, fontsize=12)
    axes.text(0, 1.24, "on at both: π − θ", ha="center", color=GREEN, fontsize=11)
    axes.set_xlim(-1.75, 1.75)
    for angle, name, colour in ((one, "u", BLUE), (other, "u′", ORANGE)):
        tip = np.array([np.cos(angle), np.sin(angle)])
        axes.plot(*np.outer(tip, [0, 1]), color=colour, linewidth=1.5)
        place = 1.31 * tip
        axes.text(*place, name, ha="center", va="center", color=colour, fontsize=13)
    axes.text(-1.25, -1, "on at u", ha="center", color=BLUE, fontsize=11)
    axes.text(1.3, -1, "on at u′", ha="center", color=ORANGE, fontsize=11)
    alt = (
        "A circle of directions. One half circle lies around the input u, another"
        " around the input u′, turned by the angle θ. They overlap in an arc of length"
        " π − θ. Beside it the kernel K against θ, highest at 0, where it has a corner."
    )
    rows = [(t, np.pi - t, (np.pi - t) / (2 * np.pi)) for t in (0, 0.9, 1.8, 2.7)]
    return Picture(figure, alt, ("θ", "arc", "share of all directions"), rows)


def _kernel(axes: matplotlib.axes.Axes) -> None:
    theta = np.linspace(-np.pi, np.pi, 201)
    axes.plot(theta, relu_profile("first layer with bias")(theta), color=GREEN)
    axes.set_xlabel("angle θ between u and u′ (radians)", color=INK)
    axes.set_title("kernel K(θ)", color=GREEN, fontsize=11)
    axes.set_xticks([-np.pi, 0, np.pi], ["−π", "0", "π"])
    axes.set_yticks([0, 0.25, 0.5])
    axes.tick_params(colors=INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_edgecolor(INK)


def _arc(
    axes: matplotlib.axes.Axes,
    ends: tuple[float, float],
    radius: float,
    colour: str,
    width: float,
) -> None:
    angles = np.linspace(*ends, 200)
    x, y = radius * np.cos(angles), radius * np.sin(angles)
    axes.plot(x, y, color=colour, linewidth=width, solid_capstyle="butt")
