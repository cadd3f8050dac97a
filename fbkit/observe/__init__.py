"""What to read off a network: errors per mode, rates per mode, low and high errors in
many dimensions, its kernel.
"""

from fbkit.observe.empirical import empirical_ntk
from fbkit.observe.residual import (
    ModeError,
    Probe,
    filter_errors,
    largest_rate,
    low_pass,
    mode_error,
    mode_rates,
    projection_spectrum,
    total_error,
)

__all__ = [
    "ModeError",
    "Probe",
    "filter_errors",
    "largest_rate",
    "low_pass",
    "mode_error",
    "mode_rates",
    "projection_spectrum",
]
__all__ += ["total_error", "empirical_ntk"]
