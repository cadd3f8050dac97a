"""Targets: known coefficients, real signals as their packages ship them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fbkit as fb


def test_sines_have_their_coefficients():
    basis = fb.circle(64)
    target = fb.sines(basis, [2, 7], [3, -1])
    expected = np.zeros(64)
    expected[[4, 14]] = 3 / np.sqrt(2), -1 / np.sqrt(2)
    np.testing.assert_allclose(target.coefficients, expected, atol=1e-12)
    assert target.name == "3 sin 2x + -1 sin 7x"


def test_square_wave_converges_to_its_series():
    """(4/pi) sin(kx)/k for odd k; sampling error falls as 1/n^2."""
    k = np.array([1, 3, 5])
    errors = []
    for n in (128, 512):
        c = fb.square_wave(fb.circle(n)).coefficients[2 * k]
        errors.append(np.abs(c - 4 / np.pi / k / np.sqrt(2)).max())
    assert errors[1] < 1e-4
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.05)


@pytest.mark.parametrize(
    "signal",
    [lambda: fb.photograph_row(), lambda: fb.electrocardiogram(), lambda: fb.bell()],
    ids=["row", "ecg", "bell"],
)
def test_real_signals_are_standardised_and_complete(signal):
    target = signal()
    assert target.values.mean() == pytest.approx(0, abs=1e-12)
    assert target.values.std() == pytest.approx(1, abs=1e-12)
    energy = target.weights @ target.values**2
    assert energy == pytest.approx(np.sum(target.coefficients**2), rel=1e-10)
    assert len(target.positions) == len(target.values)


def test_photograph_row_is_that_row():
    from sklearn.datasets import load_sample_image

    grey = load_sample_image("china.jpg").mean(axis=2)[200, :256]
    row = fb.photograph_row(256, row=200)
    correlation = np.corrcoef(grey, row.values)[0, 1]
    assert correlation == pytest.approx(1, abs=1e-12)


def test_photograph_is_that_square_and_its_waves_are_whole():
    from sklearn.datasets import load_sample_image

    target = fb.photograph(32, row=60, column=100)
    grey = load_sample_image("china.jpg").mean(axis=2)[60:92, 100:132]
    np.testing.assert_allclose(target.values.reshape(32, 32), grey / 255)
    down, across = 3, -2
    wave = np.exp(1j * target.inputs @ [down, across]).reshape(32, 32)
    assert np.abs(np.fft.fft2(wave)[down, across]) == pytest.approx(32**2)
    assert target.weights.sum() == pytest.approx(1)


def test_digits_and_random_labels():
    true = fb.digits()
    random = fb.digits(labels="random")
    assert true.inputs.shape == (1797, 64)
    assert true.values.shape == (1797, 10)
    assert true.inputs.min() >= 0
    assert true.inputs.max() == 1
    agree = np.mean(true.values.argmax(1) == random.values.argmax(1))
    assert 0.05 < agree < 0.15


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: fb.sines(fb.circle(8), []), "empty"),
        (lambda: fb.sines(fb.circle(8), [5]), "above 4"),
        (lambda: fb.sines(fb.circle(8), [0]), "above 0"),
        (lambda: fb.sines(fb.circle(8), [1, 2], [1, 2, 3]), "amplitudes has shape"),
        (lambda: fb.sines(fb.circle(8), [np.nan]), "NaN"),
        (lambda: fb.photograph_row(row=10_000), "outside"),
        (lambda: fb.photograph_row(image="chine"), "did you mean 'china'"),
        (lambda: fb.photograph(300, row=200), "leave the photograph"),
        (lambda: fb.electrocardiogram(2000), "run past"),
        (lambda: fb.bell(first=10**6), "run past"),
        (lambda: fb.digits(labels="fake"), "labels is 'fake'"),
        (lambda: fb.on_basis(fb.circle(8), np.ones(7)), "shape"),
        (lambda: fb.digits(20).coefficients, "no basis"),
    ],
)
def test_bad_input_is_one_sentence(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


HALVES = [0.5, 0.5]


def test_a_target_takes_what_an_array_can_be_made_of():
    target = fb.Target([0, 1], [2, 3], HALVES, None, "two points")
    assert target.inputs.tolist() == [[0.0], [1.0]]
    assert target.values.dtype == target.weights.dtype == float
    backwards = fb.Target([[0, 1], [2, 3]], [[1, 2], [3, 4]][::-1], HALVES, None, "")
    assert backwards.values.tolist() == [[3, 4], [1, 2]]


def test_a_target_of_arrays_that_run_backwards_trains():
    """Torch does not take them as they are."""
    x = np.linspace(-1, 1, 10)[::-1]
    target = fb.Target(x, x, np.full(10, 0.1)[::-1], None, "backwards")
    net = fb.mlp(inputs=1, width=8)
    assert len(fb.train(net, target, steps=2, progress=False).t) == 3


@pytest.mark.parametrize(
    "arrays, says",
    [
        (([0, 1], [0, np.nan], HALVES), "values holds 1 entry that is NaN"),
        (([0, np.inf], [0, 1], HALVES), "inputs holds 1 entry"),
        (([0, 1], [0, 1], [0.5, np.nan]), "weights holds 1 entry"),
        (([0, 1], [0, 1, 2], HALVES), r"one row .* values \(3,\)"),
        (([0, 1], [0, 1], [1.0]), r"weights \(1,\)"),
        (([0, 1], [0, 1], np.eye(2)), r"weights \(2, 2\)"),
        (([0, 1], 3.0, HALVES), "values is one number"),
    ],
)
def test_a_bad_target_is_one_sentence(arrays, says):
    with pytest.raises(ValueError, match=says) as caught:
        fb.Target(*arrays, None, "bad")
    assert "\n" not in str(caught.value)


def test_a_target_needs_inputs_and_values_only():
    target = fb.Target(np.eye(4)[::-1], [1, 2, 3, 4])
    assert target.weights.tolist() == [0.25] * 4
    assert target.basis is None and target.name == "your values"
    run = fb.train(fb.mlp(inputs=4, width=8), target, steps=2, progress=False)
    assert run.loss[0] == pytest.approx(0.5 * 30 / 4)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: fb.Target([0, 1], [0, 1], [-0.5, 1.5]), "weights holds -0.5"),
        (lambda: fb.Target([0, 1], [0, 1], basis=fb.circle(3)), r"basis \(3,\)"),
        (lambda: fb.Target([0, 1], [0, 1], basis="circle"), "basis is 'circle'"),
        (lambda: fb.Target([0, 1], [0, 1], positions=[1]), r"positions \(1,\)"),
        (lambda: fb.Target(None, [0, 1]), "inputs is None"),
        (lambda: fb.Target([0, 1], None), "values is None"),
        (lambda: fb.on_basis(None, [1, 2]), r"basis is None.* fb.Target\(X, y\)"),
        (lambda: fb.on_basis(fb.circle(3), [[1], [2], [3]]), r"shape \(3, 1\)"),
        (lambda: fb.sines(None, [1]), "basis is None"),
        (lambda: fb.sines(fb.sphere(2), [1]), "sines needs a circle or an interval"),
        (lambda: fb.digits(1798), "count is 1798; .* from 1 to 1797"),
    ],
)
def test_what_no_target_is_made_of_is_one_sentence(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "basis, k",
    [
        (fb.circle(16), 8),
        (fb.interval(200), 100),
        (fb.circle(np.arange(4) * np.pi / 2 + 1e-13), 2),
    ],
    ids=["circle", "interval", "own angles"],
)
def test_a_sine_that_is_zero_at_every_point_is_refused(basis, k):
    with pytest.raises(ValueError, match=f"sin {k}x is 0 at every point"):
        fb.sines(basis, [1, k])


def test_midpoints_see_the_highest_sine():
    target = fb.sines(fb.interval(10, 0, np.pi, extension="odd"), [10])
    np.testing.assert_allclose(target.values, (-1.0) ** np.arange(10))
    assert target.coefficients[9] == pytest.approx(1)


@given(st.integers(1, 30), st.floats(-5, 5))
def test_any_frequency_within_reach(k, amplitude):
    target = fb.sines(fb.circle(64), [k], [amplitude])
    assert np.sum(target.coefficients**2) == pytest.approx(amplitude**2 / 2, abs=1e-9)
