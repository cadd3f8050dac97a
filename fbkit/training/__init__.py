"""Training: one network, or many small ones at once; each run is a `History`."""

from fbkit.training.ensemble import train_ensemble
from fbkit.training.loop import train

__all__ = ["train", "train_ensemble"]
