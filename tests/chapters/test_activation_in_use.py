"""Fillings as matrices, networks on the way, and what the power foretells."""

import numpy as np
import pytest

import fbkit as fb
from fbkit.activations import activation, relu_power
from fbkit.chapters.activation_in_use import claims
from fbkit.chapters.activation_in_use.digits import cheapest, digits, kernel
from fbkit.chapters.activation_in_use.filling import (
    SIGNALS,
    SIZE,
    covariance,
    filling,
    foretold,
    half,
    measured,
    pieces,
    stopped,
)
from fbkit.interpolate import mirrored_units, train_output_weights

KINDS = {"step": activation("step"), "relu": activation("relu"), "²": relu_power(2)}
VALUES = np.random.default_rng(0).normal(size=SIZE)


@pytest.mark.parametrize("name", SIGNALS)
def test_pieces_have_mean_0_and_variance_1(name):
    part = pieces(name)
    assert part.shape[1] == SIZE
    np.testing.assert_allclose(part.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(part.std(axis=1), 1)


def test_half_of_the_samples_is_kept_and_both_ends():
    kept, hidden = half(3)
    assert len(kept) == len(hidden) == SIZE // 2
    assert {0, SIZE - 1} <= set(kept)
    assert set(kept) | set(hidden) == set(range(SIZE))


@pytest.mark.parametrize("name", KINDS)
def test_a_filling_is_the_curve_of_least_cost(name):
    kept, hidden = half(1)
    fill = filling(KINDS[name], kept, hidden)
    curve = fb.min_seminorm_interpolant(
        1.0 * kept, VALUES[kept], 1.0 * hidden, KINDS[name]
    )
    np.testing.assert_allclose(fill @ VALUES[kept], curve, atol=1e-6)


def test_steps_fill_in_straight_lines():
    kept, hidden = half(2)
    fill = filling(KINDS["step"], kept, hidden) @ VALUES[kept]
    straight = np.interp(hidden, kept, VALUES[kept])
    np.testing.assert_allclose(fill, straight, atol=1e-9)


@pytest.mark.parametrize("name", KINDS)
def test_much_noise_leaves_what_is_free(name):
    kept, hidden = half(2)
    fill = filling(KINDS[name], kept, hidden, noise=1e14) @ VALUES[kept]
    free = np.polyfit(kept, VALUES[kept], KINDS[name].null_degree)
    np.testing.assert_allclose(fill, np.polyval(free, hidden), atol=1e-3)


def test_a_stopped_layer_is_one_that_was_trained():
    kept, hidden = half(4)
    offsets = np.linspace(-1.5, 1.5, 50)
    units = mirrored_units(KINDS["relu"].value, np.arange(SIZE) / 32 - 1, offsets)
    gram = units @ units.T
    lr = 1 / np.linalg.eigvalsh(gram[np.ix_(kept, kept)])[-1]
    plan = dict(lr=lr, momentum=0.99, tolerance=0)
    for matrix, steps in zip(stopped(gram, kept, hidden, [7, 60]), (7, 60)):
        weights = train_output_weights(units[kept], VALUES[kept], steps, **plan)
        there = units[hidden] @ weights
        np.testing.assert_allclose(matrix @ VALUES[kept], there, atol=1e-9)


def test_an_error_is_foretold_exactly_where_the_products_are_those_of_the_signal():
    kept, hidden = half(5)
    signal = np.random.default_rng(1).normal(size=(9, SIZE))
    fill = filling(KINDS["relu"], kept, hidden)
    products = signal.T @ signal / len(signal)
    assert foretold(fill, kept, hidden, products) == pytest.approx(
        measured(fill, kept, hidden, signal)
    )


def test_the_covariance_does_not_see_a_mean():
    signal = np.random.default_rng(2).normal(size=(9, SIZE))
    np.testing.assert_allclose(covariance(signal + 5), covariance(signal))
    assert covariance(signal)[3, 3] == 1


def test_no_filling_beats_steps_on_a_walk():
    kept, hidden = half(6)
    walk = claims.SUM @ claims.SUM.T
    known = walk[np.ix_(kept, kept)]
    best = np.linalg.solve(known, walk[np.ix_(kept, hidden)]).T
    np.testing.assert_allclose(best, filling(KINDS["step"], kept, hidden), atol=1e-9)


def test_water_fills_down_to_the_power_of_a_wave():
    p = claims.water(8)
    assert p.sum() == pytest.approx(1)
    assert np.count_nonzero(p) == 7
    left = np.log(claims.POWER[:7]) - p[:7] * (
        np.log(claims.POWER[0] / claims.POWER[7]) / p[0]
    )
    np.testing.assert_allclose(left, np.log(claims.POWER[7]))


def test_functions_of_least_cost_pass_through_the_digits():
    X, Y, _, _ = digits(0, 60)
    fit = cheapest(X, Y, X, kernel("relu"))
    np.testing.assert_allclose(fit, Y, atol=1e-6)
    linear = X @ np.arange(20.0)[:, None]
    fresh = digits(0, 60)[2]
    there = cheapest(X, linear, fresh, kernel("step"))
    np.testing.assert_allclose(there[:, 0], fresh @ np.arange(20.0), atol=1e-6)
