"""Numbers of the closed-form dynamics: weights, refusals, bounds that are named."""

import numpy as np
import pytest

import fbkit as fb
from fbkit import dynamics as dy


def uneven_gram():
    """A basis on uneven points and a kernel there."""
    angles = 2 * np.pi * np.arange(16) / 16
    basis = fb.circle(angles + 0.8 * np.sin(angles), 5)
    between = basis.points[:, None] - basis.points
    return basis, np.exp(np.cos(between))


def test_a_basis_to_read_in_brings_the_weights_of_its_points():
    basis, gram = uneven_gram()
    start = np.cos(basis.points) + basis.points**2
    run = dy.gradient_flow(gram, start, [0, 1.0], onto=basis)
    same = dy.gradient_flow(gram, start, [0, 1.0], onto=basis, weights=basis.weights)
    assert run.loss[0] == pytest.approx(basis.weights @ start**2 / 2, rel=1e-13)
    rates = np.sort(np.linalg.eigvals(gram * basis.weights).real)[::-1]
    np.testing.assert_allclose(run.meta["rates"], rates, atol=1e-12)
    np.testing.assert_array_equal(run.error, same.error)
    np.testing.assert_allclose(run.error[0], basis.analyse(start), atol=1e-12)
    equal = dy.gradient_flow(gram, start, [0, 1.0])
    assert abs(equal.loss[0] / run.loss[0] - 1) > 0.1  # so the weights matter


def test_columns_to_read_are_scaled_to_weighted_length_1():
    basis, gram = uneven_gram()
    v = np.stack([np.ones(16), 7 * np.sin(basis.points)], axis=1)
    w = basis.weights
    start = np.exp(np.sin(basis.points))
    run = dy.gradient_flow(gram, start, [0], weights=w, onto=v)
    unit = v / np.sqrt(w @ v**2)
    np.testing.assert_allclose(run.error[0], (w * start) @ unit, rtol=1e-13)


@pytest.mark.parametrize("part", [0.1, 1e-6])
def test_a_matrix_that_is_not_symmetric_is_no_gram_matrix(part):
    _, gram = uneven_gram()
    lower = gram * (1 + part * np.tri(16, k=-1))
    with pytest.raises(ValueError, match="not symmetric"):
        dy.gradient_flow(lower, np.ones(16), [0, 1])


def test_a_gram_matrix_may_be_symmetric_but_for_rounding():
    _, gram = uneven_gram()
    rounded = gram * (1 + 1e-12 * np.tri(16, k=-1))
    run = dy.gradient_flow(rounded, np.ones(16), [0, 1])
    exact = dy.gradient_flow(gram, np.ones(16), [0, 1])
    np.testing.assert_allclose(run.loss, exact.loss, rtol=1e-10)


SPECTRUM = ([0.5, 0.1], [1, 10])
NEGATIVE = {
    "tail of train eigenvalues": lambda: dy.effective_train_eigenvalue(
        *SPECTRUM, 20, tail=-0.01
    ),
    "tail of a ridge": lambda: dy.effective_ridge([5], *SPECTRUM, tail=-0.01),
    "ridge": lambda: dy.effective_ridge([5], *SPECTRUM, ridge=-0.01),
    "tail of a curve": lambda: dy.learning_curve(
        [5], *SPECTRUM, [1.0, 1.0], tail=-0.01
    ),
    "noise": lambda: dy.learning_curve([5], *SPECTRUM, [1.0, 1.0], noise=-0.01),
    "power": lambda: dy.learning_curve([5], *SPECTRUM, [1.0, -0.01]),
    "eigenvalue": lambda: dy.effective_ridge([5], [0.5, -0.01], [1, 10]),
    "count": lambda: dy.effective_ridge([5, -1], *SPECTRUM),
    "weight": lambda: dy.gradient_flow(np.eye(2), [1, 1], [0], weights=[1.0, -0.01]),
    "rate": lambda: dy.gradient_flow([1.0, -0.01], [1, 1], [0]),
    "time": lambda: dy.gradient_flow([1.0], [1], [-0.01, 1]),
    "z": lambda: dy.mode_factor([-0.01]),
    "momentum": lambda: dy.mode_factor([0.5], "heavy_ball", -0.01),
}


@pytest.mark.parametrize("door", NEGATIVE.values(), ids=NEGATIVE)
def test_what_cannot_be_negative_is_refused(door):
    with pytest.raises(ValueError, match="-0.01|-1|negative"):
        door()


# With momentum 1/2: where z = lr * rate of the largest rate, 2, is stable below.
BOUNDS = {"gradient_descent": 2.0, "heavy_ball": 3.0, "nesterov": 1.5}


@pytest.mark.parametrize("name", BOUNDS)
def test_the_learning_rate_that_would_do_is_named(name):
    run = getattr(dy, name)
    momentum = {} if name == "gradient_descent" else {"momentum": 0.5}
    bound = BOUNDS[name] / 2
    with pytest.raises(ValueError, match=f"choose lr below {bound:.4g}\\.$"):
        run([2.0, 0.1], [1.0, 1.0], [0, 100_000], lr=5.0, **momentum)
    stable = run([2.0, 0.1], [1.0, 1.0], [0, 100_000], lr=0.999 * bound, **momentum)
    assert np.abs(stable.error[-1]).max() < 1e-9
