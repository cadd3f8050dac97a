"""Where one number decides: levels, edges, ends of recordings, tolerances."""

import numpy as np
import pytest

import fbkit as fb
from fbkit import pde
from fbkit.breaklines import effective_neurons, neuron_flow, pinned_mass
from fbkit.pde import equation
from fbkit.training import ensemble

# ---- the record ----------------------------------------------------------------------


def test_a_small_mode_has_its_learning_time_too():
    error = [[1.0, 0.005, 1e-8], [0.9, 0.0001, 1e-9], [0.8, 0.0001, 1e-9]]
    h = fb.History([0, 3, 7], [1, 2, 3], error, [1, 1, 1])
    assert fb.learning_times(h).tolist() == [np.inf, 3, 3]


def test_an_error_at_the_level_is_not_below_it():
    h = fb.History([0, 1, 2], [1], [[2.0], [0.5], [0.4999]], [1, 1, 1])
    assert fb.learning_times(h, below=0.25).tolist() == [2]


def test_a_mode_at_the_edge_belongs_to_the_band_above():
    h = fb.History([0], [0, 3, 4, 8, 9], [[1, 2, 3, 4, 5]], [1])
    low, size = h.bands([4, 8]).amplitude()
    assert low.tolist() == [0, 4, 8]
    np.testing.assert_allclose(size[0] ** 2, [1 + 4, 9, 16 + 25])


def test_a_degree_that_no_kernel_sees_is_never_learned():
    """Neither with more points than modes: its power disturbs the others as noise."""
    total, share = fb.learning_curve([0, 50], [0.5, 0.0], [1, 10], [1.0, 2.0])
    gamma = 1 / 50  # of the degree that is learned, kappa being 0
    np.testing.assert_allclose(total, [3, 2 / (1 - gamma)])
    np.testing.assert_allclose(share, [[1, 2], [gamma * total[1], 2]])


# ---- breaklines ----------------------------------------------------------------------


def test_directions_within_a_bin_of_each_other_are_one_unit():
    bin = 2 * np.pi / 180

    def count(angle):
        return effective_neurons([[1, 0], [np.cos(angle), np.sin(angle)]], [1, 1])

    assert count(0.6 * bin) == count(0.99 * bin) == 1
    assert count(1.01 * bin) == count(1.9 * bin) == 2


def test_mass_at_the_edges_of_the_data():
    """Inside is from the first point to the last, and what is at one of these."""
    x = [0.0, 1.0]
    assert pinned_mass([-0.01, 0.5], [3, 1], x) == 0.75
    assert pinned_mass([1.01, 0.5], [3, 1], x) == 0.75
    assert pinned_mass([-0.03, 1.03, 0.5], [3, 3, 1], x) == 0
    assert pinned_mass([-0.25, 1.25, 0.5], [1, 2, 3], x, within=0.25) == 0.5


@pytest.mark.parametrize("times", [[0, 1, 1], [1, 1], [0, 2, 1], [-1, 0]])
def test_times_of_a_flow_increase(times):
    with pytest.raises(ValueError, match="t must increase"):
        neuron_flow([1.0], [[1.0, 1.0]], [-0.5, 0.8], [1.0, 1.0], times)


# ---- the frequency equation ----------------------------------------------------------


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-9])
def test_a_krylov_space_grows_until_its_tolerance(tolerance, monkeypatch):
    """It reaches a smooth start alone, to its tolerance and not much further."""
    from scipy.linalg import eigh

    xi = np.linspace(-8, 8, 161)
    density = lambda w: np.exp(-(w**2) / 2) / np.sqrt(2 * np.pi)
    mass, operator = pde.frequency_operator(density, 0.3, xi)
    start = np.exp(-(xi**2))
    t = np.array([0.5, 2.0])
    lam, v = eigh(operator.toarray(), mass.toarray())
    exact = (np.exp(-np.outer(t, lam)) * (v.T @ (mass @ start))) @ v.T

    def no_contour(*arguments):
        raise AssertionError("the Krylov space left a time to the contour")

    monkeypatch.setattr(equation, "_contour", no_contour)
    u = pde.evolve(mass, operator, start, t, "krylov", tolerance=tolerance)
    miss = np.linalg.norm(u - exact, axis=1).max() / np.linalg.norm(start)
    assert tolerance / 1000 < miss < 10 * tolerance


# ---- ensembles -----------------------------------------------------------------------


def test_no_record_after_a_divergence_is_kept():
    """A network may come back from it, all units dead."""
    target = fb.sines(fb.circle(8), [1])
    outputs = {0: 0.0, 2: 0.1, 4: 1e9, 6: 0.0}
    outputs = {step: np.full(8, value) for step, value in outputs.items()}
    meta = {"clock": "flow", "lr": 0.5}
    probe = fb.observe.total_error()
    run = ensemble._history(outputs, target, probe, meta)
    assert run.t.tolist() == [0, 1] and run.meta["diverged"] == 4
    assert len(run.error) == len(run.loss) == 2


# ---- signals -------------------------------------------------------------------------


def test_an_electrocardiogram_ends_with_its_last_sample():
    pywt = pytest.importorskip("pywt")
    recording = pywt.data.ecg()
    target = fb.electrocardiogram(24, first=1000)
    np.testing.assert_array_equal(target.positions, np.arange(1000, 1024))
    last = recording[1000:]
    np.testing.assert_allclose(target.values, (last - last.mean()) / last.std())
    for first in (1001, 1005):
        with pytest.raises(ValueError, match="run past the recording's 1024 samples"):
            fb.electrocardiogram(24, first=first)


def test_a_bell_has_milliseconds_from_its_beginning():
    whole = fb.bell(500)
    later = fb.bell(50, first=441)
    np.testing.assert_allclose(whole.positions, np.arange(500) / 44.1)
    np.testing.assert_allclose(later.positions, whole.positions[441:491])
    part = whole.values[441:491]
    np.testing.assert_allclose(later.values, (part - part.mean()) / part.std())


def test_a_photograph_has_its_last_row_and_column():
    assert fb.photograph_row(640, row=426).positions[-1] == 639
    for outside in ({"row": 427}, {"points": 641}):
        with pytest.raises(ValueError, match="outside the photograph"):
            fb.photograph_row(**outside)
    square = fb.photograph(27, row=400, column=613)
    assert square.values.size == 27**2
    step = 2 * np.pi / 27
    np.testing.assert_allclose(square.inputs[0], [-np.pi, -np.pi])
    np.testing.assert_allclose(square.inputs[1], [-np.pi, -np.pi + step])
    np.testing.assert_allclose(square.inputs[-1], [np.pi - step, np.pi - step])
    for place in ((401, 613), (400, 614)):
        with pytest.raises(ValueError, match="leave the photograph"):
            fb.photograph(27, *place)


# ---- doors ---------------------------------------------------------------------------


def test_a_tenth_is_below_the_level_that_is_usual_and_three_tenths_are_not():
    h = fb.History([0, 1, 2], [1], [[1.0], [0.3], [0.1]], [1, 1, 1])
    assert fb.learning_times(h).tolist() == [2]
    assert "stays below 20 % from 2" in fb.plot.decay(h).alt


@pytest.mark.parametrize("values", [3.0, [1.0, 2.0, 3.0], [[1.0, 2.0, 3.0]]])
def test_a_walsh_transform_is_of_a_power_of_2(values):
    with pytest.raises(ValueError, match="a power of 2 along the last axis"):
        fb.basis.fwht(values)


def test_a_basis_may_be_the_constant_alone():
    for basis in (fb.circle(8, 0), fb.interval(8, count=0)):
        assert basis.modes.tolist() == [0]
        np.testing.assert_allclose(basis.analyse(np.arange(8.0)), [3.5])


@pytest.mark.parametrize("dim, highest", [(1, 3), (0, 3), (2, -1)])
def test_eigenvalues_on_a_sphere_are_from_the_circle_up(dim, highest):
    with pytest.raises(ValueError, match="expected a whole number of at least"):
        fb.relu_profile().eigenvalues(dim=dim, highest=highest)


def test_even_units_point_everywhere_alike():
    net = fb.even_units(8)
    angle = np.pi * (np.arange(4) + 0.5) / 2
    for half in (net.plus, net.minus):
        first, outer = half.layers
        even = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        np.testing.assert_allclose(first.weight.detach(), np.sqrt(2) * even, rtol=1e-6)
        assert outer.weight.unique().tolist() == [1.0]
        assert not outer.weight.requires_grad and first.weight.requires_grad
    first, _ = fb.even_units(8, length=3.0, bias_std=2.0).plus.layers
    assert first.weight.norm(dim=1).tolist() == pytest.approx([3, 3, 3, 3])
    assert first.bias.abs().max() == 0 and first.bias.requires_grad


def test_a_name_that_no_activation_has_is_told_where_the_names_are():
    with pytest.raises(ValueError, match="activations.ACTIVATIONS.* lists all"):
        fb.activations.activation("no such")
