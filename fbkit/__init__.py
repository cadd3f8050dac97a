"""fbkit: what do neural networks learn first, and why?

Five choices, one record: {basis, kernel and rates, dynamics, network, observation} ->
`History`. This file is the contents page. What pages and labs call twice has its
address here (`fb.circle`); the rest is in its module (`fb.basis.zonal_projection`).

Heavy imports (torch, matplotlib, the widget stack) happen when a name that needs them
is first used: `import fbkit` loads NumPy alone.
"""

import importlib
from types import ModuleType

from fbkit.basis import (
    Basis,
    circle,
    circle_quadrature_weights,
    cube,
    degree_spectrum,
    grid_spectrum,
    interval,
    legendre_sphere,
    plane,
    random_harmonic,
    ring_means,
    sphere,
    sphere_multiplicity,
    sphere_points,
    taper,
    zonal,
)
from fbkit.history import History, learning_times

__version__ = "0.1.0"

CONTENTS = {
    # What is to be learned?
    "targets": [
        "Target",
        "on_basis",
        "sines",
        "square_wave",
        "photograph",
        "photograph_row",
        "electrocardiogram",
        "bell",
        "digits",
    ],
    # Which kernel acts on it, and how fast does each mode decay?
    "kernels": [
        "ntk",
        "rates",
        "relu_profile",
        "circle_spectrum",
        "sphere_spectrum",
        "cube_spectrum",
    ],
    "dynamics": [
        "gradient_flow",
        "gradient_descent",
        "heavy_ball",
        "nesterov",
        "learning_curve",
        "effective_train_eigenvalue",
        "descent_on_samples",
        "sample_spectrum",
    ],
    # And where frequencies, hinges or breaklines are what moves?
    "pde": [
        "ntk_pde_1d",
        "ntk_pde_2d",
        "exact_operator",
        "torus_modes",
        "waterfill",
        "sample_frequencies",
        "sample_features",
    ],
    "interpolate": [
        "lfp_rates",
        "lfp_interpolant",
        "min_seminorm_interpolant",
        "seminorm_kernel",
        "spectral_weight",
        "activation_from_weight",
        "leave_one_out",
        "uneven_spline",
    ],
    "breaklines": [
        "attractors",
        "balanced_start",
        "effective_neurons",
        "neuron_flow",
    ],
    "activations": ["activation", "torch_function"],
    # What does a real network do?
    "nets": [
        "mlp",
        "standard_mlp",
        "siren",
        "FourierFeatures",
        "Derivative",
        "even_units",
        "ntk_of",
    ],
    "training": ["train", "train_ensemble", "hashwh_penalty"],
    "sweeping": ["sweep"],
    "observe": [
        "mode_error",
        "mode_rates",
        "filter_errors",
        "projection_spectrum",
        "largest_rate",
        "empirical_ntk",
    ],
    # What has been checked, and what can be played with?
    "ledger": ["claim", "claims_table", "measured"],
    "explorers": ["explore"],
}
HOMES = {name: module for module, names in CONTENTS.items() for name in names}
MODULES = [*CONTENTS, "plot", "lab"]

__all__ = [
    "Basis",
    "History",
    "circle",
    "circle_quadrature_weights",
    "cube",
    "degree_spectrum",
    "grid_spectrum",
    "interval",
    "learning_times",
    "legendre_sphere",
    "plane",
    "random_harmonic",
    "ring_means",
    "sphere",
    "sphere_multiplicity",
    "sphere_points",
    "taper",
    "zonal",
    *HOMES,
    *MODULES,
]


def __getattr__(name: str) -> object:
    if name in HOMES:
        return globals().setdefault(name, getattr(_part(HOMES[name]), name))
    if name in MODULES:
        return _part(name)
    raise AttributeError(f"fbkit has no {name!r}; see dir(fbkit) for what there is.")


def _part(name: str) -> ModuleType:
    try:
        return importlib.import_module(f"fbkit.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"fbkit.{name}":
            raise
        raise ImportError(
            f"fbkit.{name} comes with the course and is left out of a lab's fbkit;"
            " install the course's own."
        ) from None


def __dir__() -> list[str]:
    return sorted(__all__)
