"""fbkit: what do neural networks learn first, and why?

Five choices, one record: {basis, kernel and rates, dynamics, network, observation} ->
History. Heavy imports (torch, matplotlib, the widget stack) happen when a name that
needs them is first used: `import fbkit` loads NumPy alone.
"""

import importlib

from fbkit.basis import Basis, circle, cube, interval, sphere, taper, zonal
from fbkit.history import History, learning_times

__version__ = "0.1.0"

# name -> module it lives in, by floor.
HOMES = {
    **dict.fromkeys(
        [
            "Target",
            "on_basis",
            "sines",
            "square_wave",
            "photograph_row",
            "electrocardiogram",
            "bell",
            "digits",
        ],
        "targets",
    ),
    **dict.fromkeys(["photograph"], "targets"),
    **dict.fromkeys(
        [
            "ntk",
            "rates",
            "relu_profile",
        ],
        "kernels",
    ),
    **dict.fromkeys(["circle_spectrum", "sphere_spectrum", "cube_spectrum"], "kernels"),
    **dict.fromkeys(
        ["gradient_flow", "gradient_descent", "heavy_ball", "nesterov"],
        "dynamics",
    ),
    **dict.fromkeys(["waterfill", "sample_frequencies"], "pde"),
    **dict.fromkeys(
        ["lfp_interpolant", "min_seminorm_interpolant", "seminorm_kernel"],
        "interpolate",
    ),
    **dict.fromkeys(
        ["mlp", "standard_mlp", "siren", "FourierFeatures", "ntk_of"], "nets"
    ),
    **dict.fromkeys(
        [
            "mode_error",
            "mode_rates",
            "filter_errors",
            "projection_spectrum",
            "largest_rate",
        ],
        "observe",
    ),
    **dict.fromkeys(["empirical_ntk"], "observe"),
    **dict.fromkeys(["train", "train_ensemble"], "training"),
    **dict.fromkeys(["sweep"], "sweeping"),
    **dict.fromkeys(["claim", "claims_table"], "ledger"),
    **dict.fromkeys(["explore"], "explorers"),
}
_MODULES = [
    *[
        "sweeping",
        "targets",
        "activations",
        "kernels",
        "dynamics",
        "pde",
        "interpolate",
        "breaklines",
    ],
    *["nets", "observe", "training", "plot", "explorers", "ledger", "lab"],
]

__all__ = [
    "Basis",
    "History",
    "circle",
    "cube",
    "interval",
    "learning_times",
    "sphere",
    "taper",
    "zonal",
    *HOMES,
    *_MODULES,
]


def __getattr__(name):
    if name in HOMES:
        return globals().setdefault(
            name, getattr(importlib.import_module(f"fbkit.{HOMES[name]}"), name)
        )
    if name in _MODULES:
        return importlib.import_module(f"fbkit.{name}")
    raise AttributeError(f"fbkit has no {name!r}; see dir(fbkit) for what there is.")


def __dir__():
    return sorted(__all__)
