"""The frame of the explorer; `engine.js` computes the same in the page.

The kernel on the circle is (1 - t) H + t S: H the mean of the waves 0 to h, S a spike
exp(-|angle|/w), folded round the circle, t the spike's share. Its interpolant through
24 evenly spaced samples is found wave by wave: with the samples' transform Y_c, wave k
= c mod 24 gets mu_k Y_c / sum of the mu of all waves that look like k on the samples.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

COUNT = 24
HIGHEST = 8192  # waves that are counted in errors
FLOOR = 1e-5  # of errors, which are drawn on a logarithmic axis
SHARPNESS = 500 ** (np.arange(41) / 40)  # 1 / w
SAMPLES = -np.pi + 2 * np.pi * (np.arange(COUNT) + 0.5) / COUNT
TRUTH = np.sin(SAMPLES)
# Densely about each sample, where the spikes are.
AWAY = np.geomspace(0.004, 1, 12) * np.pi / COUNT
OFFSETS = np.concatenate([-AWAY[::-1], [0.0], AWAY])
GRID = (SAMPLES[:, None] + OFFSETS).ravel()
BANDS = [0, *2 ** np.arange(1, 14)]  # where each band of waves begins, and the end


def frame(labels: Sequence[float], head: int, tail: float) -> dict[str, np.ndarray]:
    y = np.array(labels, float)
    curves, wrong, right, bands = [], [], [], []
    for w in 1 / SHARPNESS:
        mu = eigenvalues(np.arange(HIGHEST), head, tail, w)
        row = kernel(SAMPLES - SAMPLES[0], head, tail, w)
        size = np.fft.fft(row).real  # the matrix's eigenvalues
        weights = np.fft.ifft(np.fft.fft(y) / size).real
        apart = GRID[:, None] - SAMPLES
        curves.append(kernel(apart, head, tail, w) @ weights)
        wrong.append(power(y, TRUTH, mu, size).sum())
        right.append(power(TRUTH, TRUTH, mu, size).sum())
        noise = power(y - TRUTH, 0 * TRUTH, mu, size)
        bands.append(np.add.reduceat(noise, BANDS[:-1]))
    return {
        "sharpness": SHARPNESS,
        "angle": GRID,
        "truth": np.sin(GRID),
        "curve": np.array(curves),
        "samples": SAMPLES,
        "labels": y,
        "wrong": np.maximum(wrong, FLOOR),
        "right": np.maximum(right, FLOOR),
        "band": np.arange(len(BANDS) - 1),
        "noise": np.array(bands),
    }


def kernel(angle: np.ndarray, head: int, tail: float, w: float) -> np.ndarray:
    """The kernel's profile, 1 at angle 0."""
    theta = np.abs(angle)
    waves = np.ones_like(theta)
    for k in range(1, head + 1):
        waves = waves + 2 * np.cos(k * theta)
    spike = np.exp(-theta / w) + np.exp(-(2 * np.pi - theta) / w)
    spike = spike / (1 + np.exp(-2 * np.pi / w))
    return (1 - tail) * waves / (2 * head + 1) + tail * spike


def eigenvalues(k: np.ndarray, head: int, tail: float, w: float) -> np.ndarray:
    """The kernel's average against wave k."""
    once = np.exp(-2 * np.pi / w)
    spike = w / np.pi * (1 - once) / (1 + once) / (1 + (k * w) ** 2)
    return (1 - tail) * (k <= head) / (2 * head + 1) + tail * spike


def power(
    labels: np.ndarray, truth: np.ndarray, mu: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """Mean square of curve less truth in each wave; the truth is made of wave 1."""
    seen = np.abs(np.fft.fft(labels) / size) ** 2
    found = 2 * mu**2 * seen[np.arange(len(mu)) % COUNT]
    found[0] /= 2
    share = mu[1] / size[1]
    cosine = share * (labels @ np.cos(SAMPLES))
    sine = share * (labels @ np.sin(SAMPLES)) - (truth @ np.sin(SAMPLES)) / COUNT
    found[1] = 2 * (cosine**2 + sine**2)
    return found
