"""The linear networks of waves: kernels, training, leave-one-out on a grid."""

import numpy as np
import pytest

import fbkit as fb
from fbkit.chapters.fit_a_photograph import claims, linear


def test_kernels_are_means_over_the_waves():
    rng = np.random.default_rng(0)
    where = linear.square("flower", 150, 220)
    x = fb.photograph(linear.SIZE).inputs[:40]
    k, S = fb.grid_spectrum(where.seen)
    P = linear.shares(S, claims.T)
    assert P.sum() == pytest.approx(1)
    drawn = rng.choice(P.size, 40_000, p=P.ravel())
    cell = np.stack(np.unravel_index(drawn, P.shape), axis=1)
    heavy = 3**0.5 * rng.normal(size=(40_000, 2))
    heavy /= np.sqrt(rng.chisquare(3, (40_000, 1)))
    waves = {
        linear.designed(P): k[cell] + rng.uniform(-0.5, 0.5, (40_000, 2)),
        linear.normal(5.0): 5 * rng.normal(size=(40_000, 2)),
        linear.matern(3.0): 3 * heavy,
    }
    for kernel, w in waves.items():
        K = linear.gram(kernel, where.train)[:40]
        seen = fb.photograph(linear.SIZE).inputs[where.train][0]
        np.testing.assert_allclose(K[:, 0], np.cos((x - seen) @ w.T).mean(1), atol=0.03)


def test_training_ends_at_the_trained_pixels_and_starts_at_nothing():
    where = linear.square("china", 100, 100, scattered=3)
    K = linear.gram(linear.matern(4.0), where.train)
    start, end = linear.outputs(K, where, [0, 1e9])
    assert np.abs(start).max() == 0
    np.testing.assert_allclose(end[where.train], where.seen.ravel(), atol=1e-4)
    assert linear.decibels(end, where)[0] > 60


def test_on_a_grid_leave_one_out_is_that_of_the_whole_kernel():
    values = fb.photograph(24).values.reshape(24, 24)
    x = 2 * np.pi * np.arange(0, 24, 2) / 24
    y = values[::2, ::2] - values[::2, ::2].mean()
    found = linear.on_grids(values)
    assert linear.on_grid(values).ridge in linear.RIDGES
    for one in (found[7], found[-1]):
        line = linear.matern(one.width)(x[:, None] - x, 0.0)
        told = fb.leave_one_out(np.kron(line, line), y.ravel(), one.ridge)
        np.testing.assert_allclose(one.missed.ravel(), told, atol=1e-8)


def test_four_waves_look_alike():
    k = np.fft.fftfreq(32, 1 / 32)
    groups = claims.alike(k[:, None] + 100 * k)
    # On every second pixel frequencies 16 apart are the same.
    assert np.all((groups - groups[:, :1]) % 16 == 0)
    assert groups.shape == (256, 4)
    S = claims.power_law(32)
    assert (claims.alike(1.0 * (claims.alike_rank(S) == 0)).sum(1) >= 1).all()
