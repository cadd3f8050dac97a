"""What to read off a network: errors and rates per mode, low and high errors in many
dimensions, its kernel.
"""

from fbkit.observe.empirical import empirical_ntk
from fbkit.observe.filters import filter_errors, low_pass, projection_spectrum
from fbkit.observe.probes import Probe, mode_error, total_error
from fbkit.observe.rates import largest_rate, mode_rates

__all__ = [
    "Probe",
    "empirical_ntk",
    "filter_errors",
    "largest_rate",
    "low_pass",
    "mode_error",
    "mode_rates",
    "projection_spectrum",
    "total_error",
]
