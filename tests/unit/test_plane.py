"""Whole waves over a square: their powers, and the means over rings."""

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
