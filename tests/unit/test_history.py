"""The record: shapes, amplitudes, learning times."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fbkit as fb


def test_amplitude_joins_cosine_and_sine():
    h = fb.History([0], [0, 1, 1, 2], [[1, 3, 4, -2]], [0])
    frequencies, amplitude = h.amplitude()
    assert frequencies.tolist() == [0, 1, 2]
    assert amplitude[0].tolist() == [1, 5, 2]


def test_modes_with_several_numbers():
    h = fb.History([0], [[1, 0], [0, 1], [1, 0]], [[3, 1, 4]], [0])
    assert h.amplitude()[1][0].tolist() == [1, 5]


def test_learning_time_means_stays_below():
    error = [[1.0], [0.1], [0.5], [0.19], [0.1]]
    h = fb.History(range(5), [1], error, np.zeros(5))
    assert fb.learning_times(h).tolist() == [3]


def test_never_and_not_in_the_target():
    h = fb.History([0, 1], [1, 2], [[1, 0], [0.9, 0.1]], [0, 0])
    never, absent = fb.learning_times(h)
    assert never == np.inf and np.isnan(absent)


def test_learning_time_of_an_exponential():
    t = np.linspace(0, 10, 10001)
    h = fb.History(t, [1, 2], np.exp(-np.outer(t, [1, 0.5])), t)
    np.testing.assert_allclose(
        fb.learning_times(h, 0.2), np.log(5) / np.array([1, 0.5]), atol=2e-3
    )


def test_reference_other_than_the_start():
    h = fb.History([0, 1], [1], [[1.0], [0.3]], [0, 0])
    assert fb.learning_times(h, 0.2).tolist() == [np.inf]
    assert fb.learning_times(h, 0.2, reference=[2.0]).tolist() == [1]


@pytest.mark.parametrize(
    "broken, says",
    [
        (dict(t=[0, 1], modes=[1], error=[[1]], loss=[0, 1]), "error has shape"),
        (dict(t=[1, 0], modes=[1], error=[[1], [1]], loss=[0, 1]), "backwards"),
        (dict(t=[0], modes=[1], error=[[np.nan]], loss=[0]), "NaN"),
        (dict(t=[], modes=[1], error=[], loss=[]), "empty"),
        (dict(t=[0], modes=["a"], error=[[1]], loss=[0]), "real numbers"),
    ],
)
def test_bad_records(broken, says):
    with pytest.raises(ValueError, match=says):
        fb.History(**broken)


def test_asking_for_a_frequency_that_is_not_there():
    h = fb.History([0], [1, 2], [[1, 1]], [0])
    with pytest.raises(ValueError, match="7 are not among"):
        h.select([7])


def test_a_band_takes_frequencies_of_both_signs():
    h = fb.History([0], [-3, -1, 1, 3], [[1, 2, 2, 1]], [0])
    low, size = h.bands([2]).amplitude()
    assert low.tolist() == [0, 2]
    np.testing.assert_allclose(size[0] ** 2, [8, 2])


def test_a_reference_counts_by_its_size():
    h = fb.History([0, 1], [1], [[1.0], [0.3]], [0, 0])
    assert fb.learning_times(h, 0.2, reference=[-2.0]).tolist() == [1]


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: fb.History([0], np.ones((1, 1, 1)), [[1]], [0]), "modes has shape"),
        (lambda: fb.History([0], 3.0, [[1]], [0]), "modes has shape"),
        (lambda: fb.History([0], [1], [[1]], [0], meta=None), "meta is None"),
        (lambda: fb.learning_times([[1.0]]), r"history is \[\[1.0\]\]"),
        (lambda: fb.History([0], [1], [[1]], [0]).bands([2, 1]), "sort them"),
        (lambda: fb.History([0], [1], [[1]], [0]).select([[1]]), "1 axis"),
    ],
)
def test_what_is_no_record_is_one_sentence(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


@given(st.floats(max_value=0) | st.just(float("nan")) | st.text(max_size=2))
def test_bad_level(below):
    h = fb.History([0], [1], [[1]], [0])
    with pytest.raises(ValueError, match="below is"):
        fb.learning_times(h, below)
