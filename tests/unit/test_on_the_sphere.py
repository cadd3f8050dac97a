"""Networks on the sphere against the Gram matrix and the closed spectrum (setting: Cao
et al., arXiv 1912.01198).
"""

import numpy as np
import pytest
import torch

import fbkit as fb
from fbkit.basis import (
    legendre_sphere,
    sphere_multiplicity,
    sphere_points,
    zonal_projection,
)
from fbkit.dynamics import (
    effective_train_eigenvalue,
    gradient_descent,
    marchenko_pastur_edges,
)


def cao(t):
    """kappa(t) = t E[s's'] + 2 E[ss] for ReLU."""
    t = np.clip(t, -1, 1)
    return (3 * t * (np.pi - np.arccos(t)) + 2 * np.sqrt(1 - t**2)) / (2 * np.pi)


def setting(dim, n, degrees, amplitude, seed):
    x, axes = (
        sphere_points(n, dim, seed=seed),
        sphere_points(len(degrees), dim, seed=100 + seed),
    )
    y = amplitude * sum(
        legendre_sphere(k, dim, np.clip(x @ a, -1, 1)) for k, a in zip(degrees, axes)
    )
    return x, axes, y


def wide_network(dim, width, seed):
    """m^{-1/2} sum a s(w.x) with w of variance 2 and a of variance 1: its kernel is
    Cao's, both layers trained.
    """
    net = fb.mlp(dim, width, bias_std=0.0, seed=seed)
    with torch.no_grad():
        for half in (net.plus, net.minus):
            half.layers[0].weight *= 2**0.5
    return net


class Projections:
    """A probe: components of the residual along sampled zonal functions."""

    def __init__(self, x, axes, degrees):
        self.modes, self._read = (
            np.array(degrees, float),
            [(x, a, k) for a, k in zip(axes, degrees)],
        )

    def __call__(self, prediction, values):
        return np.array(
            [zonal_projection(prediction - values, *one) for one in self._read]
        )


def first_below(run, share):
    """Steps until each component stays below a share of its start."""
    return fb.learning_times(run, below=share)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_network_follows_its_gram_matrix_and_the_closed_spectrum(seed):
    degrees, lr = [2, 4], 2.0
    x, axes, y = setting(3, 600, degrees, 0.1, seed)
    probe = Projections(x, axes, degrees)
    target = fb.Target(x, y, np.full(600, 1 / 600), None, "zonal")
    net = fb.train(
        wide_network(3, 4096, seed),
        target,
        probe=probe,
        lr=lr,
        steps=450,
        records=450,
        progress=False,
    )
    columns = np.stack(
        [legendre_sphere(k, 3, np.clip(x @ a, -1, 1)) for a, k in zip(axes, degrees)],
        axis=1,
    )
    gram = gradient_descent(cao(x @ x.T), -y, 450, lr, modes=degrees, onto=columns)
    predicted = np.stack([probe(r, 0 * y) for r in gram.meta["residual"]])
    at = np.round(net.t / lr).astype(int)
    gap = np.abs(net.error - predicted[at]) / np.abs(predicted[0])
    print(
        f"largest gap between network and Gram matrix: {gap.max(axis=0)} of the start"
    )
    assert gap.max() < 0.03  # seen: .007, .020, .002
    mu = np.array(
        [0.05078, 0.00293]
    )  # the closed spectrum on S^2, tested with the spectra
    theory = np.log(0.1) / np.log1p(-lr * mu)
    times = first_below(net, 0.1) / lr
    print(f"steps to a tenth: network {times}, closed spectrum {theory}")
    assert times[1] == pytest.approx(theory[1], rel=0.05)


def test_few_samples_raise_the_train_eigenvalue():
    """Degree 4 in R^10 at n = 1000: the Gram matrix sees mu_4 plus the kernel's tail
    over n, twice the population's.
    """
    dim, n = 10, 1000
    t = np.cos(np.pi * (np.arange(4000) + 0.5) / 4000)
    weight = (1 - t**2) ** ((dim - 2) / 2)
    mu = (
        np.array([(weight * cao(t)) @ legendre_sphere(k, dim, t) for k in range(5)])
        / weight.sum()
    )
    tail = cao(1.0) - mu @ sphere_multiplicity(dim, range(5))
    assert mu[4] == pytest.approx(5.645e-5, rel=1e-3) and tail == pytest.approx(
        0.05529, rel=1e-3
    )
    expected = effective_train_eigenvalue(mu[4], tail, n)
    before = int(
        sphere_multiplicity(dim, [0, 1, 2]).sum()
    )  # 65 larger ones; degree 3 has eigenvalue 0
    found = []
    for seed in range(3):
        x = sphere_points(n, dim, seed=seed)
        values = np.linalg.eigvalsh(cao(x @ x.T) / n)[::-1]
        found.append(values[before : before + sphere_multiplicity(dim, 4)].mean())
    print(
        f"mean eigenvalue of the block: {found}, expected {expected:.4g}, population"
        f" {mu[4]:.4g}"
    )
    np.testing.assert_allclose(found, expected, rtol=0.05)
    low, high = marchenko_pastur_edges(sphere_multiplicity(dim, 4), n)
    assert high == pytest.approx((1 + np.sqrt(0.66)) ** 2) and 0 < low < 0.1
