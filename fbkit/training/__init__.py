"""Training: one network, or many small ones at once; each run is a `History`. And what
may be added to a loss of your own.
"""

from fbkit.training.ensemble import train_ensemble
from fbkit.training.loop import train
from fbkit.training.optimizers import OPTIMIZERS, Optimizer
from fbkit.training.penalties import hashwh_penalty

__all__ = ["OPTIMIZERS", "Optimizer", "hashwh_penalty", "train", "train_ensemble"]
