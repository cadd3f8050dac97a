"""One conformance test for all bases, and the laws of analysis and synthesis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fbkit as fb

BASES = {
    "circle, even number of points": lambda: fb.circle(32),
    "circle, odd number of points": lambda: fb.circle(31),
    "circle, some modes": lambda: fb.circle(64, 5),
    "interval, periodic": lambda: fb.interval(40, 0, 3),
    "interval, even": lambda: fb.interval(40, -1, 2, extension="even"),
    "interval, even, some modes": lambda: fb.interval(40, extension="even", modes=7),
}


def amplitudes(basis, values):
    """Frequencies and the size of the values in each, cosine and sine joined."""
    frequencies, amplitude = fb.History([0], basis.modes, basis.analyse(values)[None], [0]).amplitude()
    return frequencies, amplitude[0]


@pytest.fixture(params=BASES, ids=str)
def basis(request):
    return BASES[request.param]()


def test_shapes_agree(basis):
    n, k = basis.matrix.shape
    assert basis.points.shape == basis.weights.shape == (n,)
    assert basis.modes.shape == (k,)
    assert basis.inputs.shape[0] == n


def test_weights_are_a_probability(basis):
    assert basis.weights.min() > 0
    assert basis.weights.sum() == pytest.approx(1, abs=1e-14)


def test_orthonormal(basis):
    gram = basis.matrix.T @ np.diag(basis.weights) @ basis.matrix
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_synthesis_inverts_analysis_on_the_span(basis):
    c = np.random.default_rng(0).normal(size=(3, len(basis.modes)))
    np.testing.assert_allclose(basis.analyse(basis.synthesise(c)), c, atol=1e-12)


def test_parseval(basis):
    c = np.random.default_rng(1).normal(size=len(basis.modes))
    v = basis.synthesise(c)
    assert basis.weights @ v**2 == pytest.approx(c @ c, rel=1e-12)


def test_complete_bases_lose_nothing(basis):
    if len(basis.modes) < len(basis.points):
        pytest.skip("not complete by choice")
    v = np.random.default_rng(2).normal(size=len(basis.points))
    np.testing.assert_allclose(basis.synthesise(basis.analyse(v)), v, atol=1e-12)
    assert basis.weights @ v**2 == pytest.approx(np.sum(basis.analyse(v) ** 2), rel=1e-12)


def test_modes_evaluate_anywhere_as_at_the_points(basis):
    np.testing.assert_allclose(basis.evaluate(basis.points), basis.matrix, atol=1e-12)


def test_each_mode_has_its_angular_frequency(basis):
    """phi'' = -k^2 phi, by differences."""
    x, h = np.linspace(basis.points[1], basis.points[-2], 7), 1e-4
    second = (basis.evaluate(x + h) - 2 * basis.evaluate(x) + basis.evaluate(x - h)) / h**2
    np.testing.assert_allclose(second, -(basis.modes**2) * basis.evaluate(x), atol=2e-3 * (1 + basis.modes.max() ** 2))


def test_shift_on_the_circle_keeps_amplitudes():
    basis = fb.circle(64)
    v = np.exp(np.cos(basis.points))
    np.testing.assert_allclose(amplitudes(basis, np.roll(v, 5))[1], amplitudes(basis, v)[1], atol=1e-12)


def test_uneven_points_recover_a_band_limited_function():
    angles = np.random.default_rng(3).uniform(-np.pi, np.pi, 60)
    basis = fb.circle(angles, 6)
    assert basis.orthonormality_error > 1e-3  # so this is the least-squares branch
    v = 1 + np.sqrt(2) * np.sin(4 * basis.points)
    expected = np.where(np.arange(13) == 8, 1.0, 0.0) + np.where(np.arange(13) == 0, 1.0, 0.0)
    np.testing.assert_allclose(basis.analyse(v), expected, atol=1e-10)


def test_aliasing_is_what_the_docstring_says():
    basis = fb.circle(16)
    np.testing.assert_allclose(np.cos(3 * basis.points), np.cos(13 * basis.points), atol=1e-12)
    with pytest.raises(ValueError, match="apart only up to 8"):
        fb.circle(16, 9)


def test_taper_keeps_the_height_and_narrows_the_leak():
    basis = fb.interval(256, 0, 2 * np.pi)
    fits, between = np.sin(10 * basis.points), np.sin(10.5 * basis.points)
    assert np.abs(basis.analyse(fb.taper(fits, basis))).max() == pytest.approx(1 / np.sqrt(2), rel=1e-6)
    far = basis.modes > 60

    def leak(v):
        return np.abs(basis.analyse(v)[far]).max()

    assert leak(fb.taper(between, basis)) < leak(between) / 300


def test_leak_decays_with_the_promised_slopes():
    """The residual x on [-pi, pi) leaks as 1/k when repeated, as 1/k^2 when mirrored."""
    slopes = {}
    for extension in ("periodic", "even"):
        basis = fb.interval(4096, extension=extension)
        k, amplitude = amplitudes(basis, basis.points)
        band = (k > 8) & (k < 80) & (amplitude > 1e-9)
        slopes[extension] = np.polyfit(np.log(k[band]), np.log(amplitude[band]), 1)[0]
    assert slopes["periodic"] == pytest.approx(-1, abs=0.05)
    assert slopes["even"] == pytest.approx(-2, abs=0.05)


@given(st.one_of(st.integers(-3, 1), st.floats(allow_nan=True), st.text(max_size=3), st.none(), st.booleans()))
def test_bad_number_of_points_is_one_sentence(points):
    if isinstance(points, float) and points.is_integer() and points >= 2:
        return
    for door in (fb.circle, fb.interval):
        with pytest.raises(ValueError) as caught:
            door(points)
        assert "\n" not in str(caught.value) and "points" in str(caught.value)


@given(st.lists(st.floats(), max_size=12))
def test_bad_values_are_one_sentence(values):
    basis = fb.circle(8)
    if len(values) == 8 and np.isfinite(values).all():
        assert np.isfinite(basis.analyse(values)).all() or np.abs(values).max() > 1e300
        return
    with pytest.raises(ValueError) as caught:
        basis.analyse(values)
    assert "\n" not in str(caught.value)
