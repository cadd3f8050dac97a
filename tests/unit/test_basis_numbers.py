"""Numbers of the bases where points are uneven, slightly uneven or a batch."""

import numpy as np
import pytest

import fbkit as fb

# How far equispaced points are moved: modes are far from orthonormal, or nearly so.
SHIFTS = {"uneven": 0.8, "slightly uneven": 1e-4, "hardly uneven": 1e-6}


def uneven_circle(shift, points=24, highest=5):
    angles = 2 * np.pi * np.arange(points) / points
    return fb.circle(angles + shift * np.sin(angles), highest)


@pytest.mark.parametrize("shift", SHIFTS.values(), ids=SHIFTS)
@pytest.mark.parametrize("batch", [(), (4,), (2, 3)])
def test_uneven_points_give_every_signal_of_a_batch_its_coefficients(shift, batch):
    basis = uneven_circle(shift)
    assert basis.orthonormality_error > 1e-9
    c = np.random.default_rng(0).normal(size=(*batch, len(basis.modes)))
    found = basis.analyse(basis.synthesise(c))
    np.testing.assert_allclose(found, c, atol=1e-11)


def test_a_batch_on_uneven_points_is_fitted_signal_by_signal():
    """Of signals that no modes make up: the weighted least-squares fit of each."""
    basis = uneven_circle(0.8)
    values = np.random.default_rng(1).normal(size=(7, 24))
    root = np.sqrt(basis.weights)
    rows = root[:, None] * basis.matrix
    fitted = [np.linalg.lstsq(rows, root * one, rcond=None)[0] for one in values]
    np.testing.assert_allclose(basis.analyse(values), fitted, atol=1e-12)


def test_the_weight_of_an_uneven_point_is_half_of_both_gaps():
    basis = fb.circle([0.0, 1.0, 3.0])
    np.testing.assert_array_equal(basis.points, [0, 1, 3])
    gaps = np.array([[2 * np.pi - 3, 1], [1, 2], [2, 2 * np.pi - 3]])
    np.testing.assert_allclose(basis.weights, gaps.sum(axis=1) / (4 * np.pi))


@pytest.mark.parametrize("points", [5, 6, 7, 8])
def test_points_carry_as_many_frequencies_as_they_tell_apart(points):
    even = 2 * np.pi * np.arange(points) / points
    for basis in (fb.circle(points), fb.circle(even)):
        assert basis.modes.max() == points // 2
        assert len(basis.modes) == points
    uneven = even + 0.3 * np.sin(even)
    basis = fb.circle(uneven, (points - 1) // 2)
    assert len(basis.modes) == 2 * ((points - 1) // 2) + 1
    with pytest.raises(ValueError, match=f"apart only up to {(points - 1) // 2};"):
        fb.circle(uneven, (points + 1) // 2)


@pytest.mark.parametrize("angles", [[0.0, 1.0, 1.0], [0.0, 1.0, 2 * np.pi], [0.5]])
def test_an_angle_that_comes_twice_is_refused(angles):
    with pytest.raises(ValueError, match="an angle twice"):
        fb.circle(angles)


@pytest.mark.parametrize("extension", ["periodic", "even", "odd"])
def test_the_window_is_zero_at_both_ends_of_the_interval(extension):
    """Hann's sin^2, whose mean is 1/2, at the points of the basis."""
    basis = fb.interval(12, -1, 3, extension=extension)
    window = np.sin(np.pi * (basis.points + 1) / 4) ** 2
    np.testing.assert_allclose(fb.taper(np.ones(12), basis), 2 * window, atol=1e-14)
    values = np.random.default_rng(2).normal(size=(2, 12))
    np.testing.assert_allclose(fb.taper(values, basis), 2 * window * values)
    np.testing.assert_array_equal(fb.taper(values, basis, "none"), values)
