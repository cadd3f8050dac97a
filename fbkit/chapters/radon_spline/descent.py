"""Gradient descent on both layers of a small ReLU network in the plane."""

from __future__ import annotations

import numpy as np


def lift(X: np.ndarray) -> np.ndarray:
    """Points (n, 2) with a column of ones: the bias becomes a third inner weight."""
    return np.column_stack([X, np.ones(len(X))])


def output(outer: np.ndarray, inner: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Of the network with outer weights (m,) and rows (w, b), (m, 3), at points."""
    return np.maximum(lift(X) @ inner.T, 0) @ outer


def descend(
    outer: np.ndarray,
    inner: np.ndarray,
    X: np.ndarray,
    values: np.ndarray,
    steps: int,
    lr: float,
    inner_lr: float | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outer and inner weights after gradient descent, and the loss before each step.

    The loss is half the mean square. `inner_lr` is the learning rate of the inner
    weights and biases where it differs from that of the outer weights.
    """
    a, W = outer, inner
    lifted = lift(X)
    losses = []
    for _ in range(steps):
        z = lifted @ W.T
        on = z > 0
        active = z * on
        r = active @ a - values
        losses.append(np.mean(r**2) / 2)
        r = r / len(values)
        by_inner = (on * r[:, None]).T @ lifted  # over a
        W = W - (inner_lr or lr) * a[:, None] * by_inner
        a = a - lr * (r @ active)
    return a, W, np.array(losses)
