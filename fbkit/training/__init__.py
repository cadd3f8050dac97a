"""Training: one network, or many small ones at once; each run is a `History`."""

from fbkit.training.ensemble import train_ensemble
from fbkit.training.loop import train
from fbkit.training.optimizers import OPTIMIZERS, Optimizer

__all__ = ["OPTIMIZERS", "Optimizer", "train", "train_ensemble"]
