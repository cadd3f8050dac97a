"""Low and high parts at the doors: shapes that mean something, parts that are there."""

import numpy as np
import pytest

import fbkit as fb

X = np.random.default_rng(0).normal(size=(12, 2))
ONE = fb.Target(X, np.sin(3 * X[:, 0]))
TWO = fb.Target(X, np.stack([np.sin(X[:, 0]), np.cos(3 * X[:, 1])], axis=1))


def errors(predictions, target=ONE, variance=0.3):
    return np.array(fb.filter_errors(predictions, target, variance)[:2])


@pytest.mark.parametrize("shape", [(12,), (12, 1), (1, 12), (1, 12, 1)])
def test_one_output_in_any_form(shape):
    guess = np.cos(X[:, 0])
    np.testing.assert_array_equal(errors(guess.reshape(shape)), errors(guess))


def test_several_records():
    guess = np.stack([np.cos(X[:, 0]), np.zeros(12), ONE.values])
    together = errors(guess)
    assert together.shape == (2, 3)
    np.testing.assert_array_equal(errors(guess[..., None]), together)
    for i in range(3):
        np.testing.assert_allclose(errors(guess[i])[:, 0], together[:, i], atol=1e-15)
    np.testing.assert_allclose(together[:, 1:], [[1, 0], [1, 0]], atol=1e-15)
    outputs = np.stack([TWO.values, 0 * TWO.values])
    np.testing.assert_allclose(errors(outputs, TWO), [[0, 1], [0, 1]], atol=1e-15)


@pytest.mark.parametrize("shape", [(2, 12), (24,), (12, 2, 1), (6, 4), (12,), (12, 3)])
def test_other_shapes_are_not_cut_to_size(shape):
    """(2, 12) has as many numbers as (12, 2)."""
    with pytest.raises(ValueError, match="predictions has shape"):
        errors(np.zeros(shape), TWO)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: errors(np.zeros(12), variance=1e-9), "no high part"),
        (lambda: errors(np.zeros(12), fb.Target(X, np.ones(12))), "no low part"),
        (lambda: errors(np.zeros(12), None), "target is None"),
        (lambda: errors(1j * np.zeros(12)), "complex"),
        (lambda: fb.observe.low_pass(np.zeros((10**6, 1)), 1.0), "X asks for"),
        (lambda: fb.projection_spectrum(np.ones((5, 2)), np.ones(5), [1]), "one point"),
        (lambda: fb.projection_spectrum(X, np.ones(11), [1]), r"\(\.\.\., 12\)"),
    ],
)
def test_what_has_no_answer_is_one_sentence(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)
