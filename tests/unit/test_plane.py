"""Functions in the plane: a basis, powers of whole waves, and the means over rings."""

import numpy as np
import pytest

import fbkit as fb


@pytest.mark.parametrize("shape", [(9, 9), (15,)])
def test_powers_add_up_to_the_mean_square(shape):
    y = np.random.default_rng(0).normal(size=shape)
    k, S = fb.grid_spectrum(y)
    assert len(k) == shape[0] and S.shape == shape
    assert S.sum() == pytest.approx(np.mean(y**2))
    np.testing.assert_allclose(S, np.flip(S), atol=1e-12)


def test_an_even_grid_has_no_nyquist_frequency():
    k, S = fb.grid_spectrum(np.cos(np.pi * np.arange(8)))
    assert k.tolist() == [-3, -2, -1, 0, 1, 2, 3]
    assert S.max() < 1e-20


def test_a_wave_of_a_photograph_is_found_where_it_is():
    at = fb.photograph(16).inputs
    k, S = fb.grid_spectrum(np.cos(at @ [3, -2]).reshape(16, 16))
    found = sorted((k[i], k[j]) for i, j in np.argwhere(S > 0.2))
    assert found == [(-3, 2), (3, -2)]


def test_ring_means_keep_the_sum_and_what_is_round():
    k, S = fb.grid_spectrum(np.random.default_rng(1).normal(size=(20, 20)))
    assert fb.ring_means(S).sum() == pytest.approx(S.sum())
    ring = np.round(np.hypot(k[:, None], k))
    np.testing.assert_allclose(fb.ring_means(ring), ring)


@pytest.mark.parametrize("shape", [(4, 5), (2,), (3, 3, 3)])
def test_other_grids_are_refused(shape):
    with pytest.raises(ValueError, match="expected"):
        fb.grid_spectrum(np.ones(shape))


@pytest.mark.parametrize("shape", [(4, 4), (3, 5)])
def test_other_spectra_are_refused(shape):
    with pytest.raises(ValueError, match="odd side"):
        fb.ring_means(np.ones(shape))


def test_a_basis_of_the_plane_has_the_points_of_a_photograph():
    np.testing.assert_array_equal(fb.plane(16, 16).inputs, fb.photograph(16).inputs)


def test_analysis_axis_by_axis_is_analysis_by_the_matrix():
    basis = fb.plane(6, 5, 4, low=0, high=1)
    v = np.random.default_rng(2).normal(size=(2, 3, 120))
    expected = v @ (basis.weights[:, None] * basis.matrix)
    np.testing.assert_allclose(basis.analyse(v), expected, atol=1e-13)
    back = basis.synthesise(expected)
    np.testing.assert_allclose(back, v, atol=1e-13)
    np.testing.assert_allclose(basis.synthesise(expected, basis.points), v, atol=1e-12)


def test_a_large_plane_needs_no_matrix():
    basis = fb.plane(64, 64)
    v = np.random.default_rng(3).normal(size=64 * 64)
    c = basis.analyse(v)
    np.testing.assert_allclose(basis.synthesise(c), v, atol=1e-12)
    assert c @ c == pytest.approx(np.mean(v**2), rel=1e-12)
    assert "matrix" not in vars(basis)


@pytest.mark.parametrize("k", [(3, 2), (3, -2), (0, 5), (1, 0)])
def test_a_wave_of_any_direction_is_in_the_mode_of_its_frequencies(k):
    basis = fb.plane(12, 15)
    c = basis.analyse(np.sin(basis.points @ k + 0.4))
    there = np.all(basis.modes == np.abs(k), axis=1)
    assert np.sum(c[there] ** 2) == pytest.approx(0.5)
    np.testing.assert_allclose(c[~there], 0, atol=1e-12)


def test_bands_add_up_the_powers_of_grid_spectrum():
    y = np.random.default_rng(4).normal(size=(15, 15))
    k, S = fb.grid_spectrum(y)
    basis = fb.plane(15, 15)
    record = fb.History([0], basis.modes, [basis.analyse(y.ravel())], [0])
    low, size = record.bands([1, 3, 5.5]).amplitude()
    assert low.tolist() == [0, 1, 3, 5.5]
    band = np.searchsorted(low, np.hypot(k[:, None], k), side="right") - 1
    expected = [S[band == i].sum() for i in range(4)]
    np.testing.assert_allclose(size[0] ** 2, expected)


def falling(basis):
    """A record in which mode k falls as exp(-|k| t)."""
    t = np.linspace(0, 5, 501)
    speed = np.hypot(*basis.modes.T)
    return fb.History(t, basis.modes, np.exp(-np.outer(t, speed)), t)


def test_modes_of_the_plane_are_taken_by_their_length():
    run = falling(fb.plane(11, 11))
    times = fb.learning_times(run, frequencies=[5, 1])
    np.testing.assert_allclose(times, np.log(5) / np.array([5, 1]), atol=0.01)
    # Lengths 3 to 4 start in the second band: its slowest are those of length 3.
    banded = run.bands([3]).select([3])[:, 0] / run.bands([3]).select([3])[0, 0]
    assert np.all(banded <= np.exp(-3 * run.t) + 1e-12)
    assert run.by_length().select([5]).shape == (501, 1)
    alt = fb.plot.decay(run, frequencies=[1, 5]).alt
    assert "frequency 1 stays below 20 % from 1.61" in alt
    assert "frequency 5 stays below 20 % from 0.33" in alt
    assert fb.plot.heat(run).header[:4] == (
        "t",
        "frequency 0",
        "frequency 1",
        "frequency 1.41421",
    )


def test_lengths_that_rounding_sets_apart_are_one():
    modes = fb.plane(11, 11, 11, low=0, high=0.7).modes
    lengths = fb.basis.lengths(modes)
    whole = np.round(modes * 0.7 / (2 * np.pi)).astype(int)
    assert len(np.unique(lengths)) == len(np.unique(np.sum(whole**2, axis=1)))
    np.testing.assert_allclose(lengths, np.linalg.norm(modes, axis=1))


def test_a_plane_trains_and_its_spectrum_is_drawn():
    basis = fb.plane(8, 8)
    target = fb.on_basis(basis, np.sin(basis.points @ [2, -1]))
    run = fb.train(fb.mlp(inputs=2, width=16), target, steps=3, progress=False)
    assert run.modes.shape == (64, 2)
    assert run.select([np.sqrt(5)])[0, 0] == pytest.approx(np.sqrt(0.5), rel=1e-6)
    alt = fb.plot.spectrum(basis, wave=target.values).alt
    assert "wave is largest at frequency 2.23607 (0.707)" in alt


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: fb.plane(), "points is missing"),
        (lambda: fb.plane((8, 8)), r"points is \(8, 8\)"),
        (lambda: fb.plane(8, 1), "points is 1"),
        (lambda: fb.plane(8, 8, low=1, high=0), "high above low"),
        (lambda: fb.plane(8, 8, extension="evn"), "did you mean 'even'"),
        (lambda: fb.plane(10**3, 10**3, 10**3, 10**3), "points asks"),
        (lambda: fb.plane(10**3, 10**3).matrix, "matrix of a plane asks"),
        (lambda: fb.plane(8, 8).analyse(np.ones((8, 8))), r"expected \(\.\.\., 64\)"),
        (lambda: fb.plane(8, 8).synthesise(np.ones(64), np.ones(3)), "at has shape"),
        (lambda: fb.taper(np.ones(64), fb.plane(8, 8)), "taper"),
        (lambda: fb.sines(fb.plane(8, 8), [1]), "sines needs"),
        (lambda: fb.square_wave(fb.plane(8, 8)), "square_wave needs"),
    ],
)
def test_what_a_plane_cannot_is_one_sentence(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)
