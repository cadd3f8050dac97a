"""Uneven data: the explorer's halves, and the picture of the half circles."""

import numpy as np
import pytest

from fbkit.chapters.uneven_data.picture import half_circles
from fbkit.explorers import registry

EXPLORER = registry()["uneven_data"]


def frame(**params):
    return EXPLORER.arrays(EXPLORER.check(params))


def test_weights_of_one_over_the_density_make_the_halves_equal():
    plain, weighed = frame(), frame(weighing="density")
    assert plain["tenth"][0] > 3.5 * plain["tenth"][1]
    assert weighed["tenth"][0] == pytest.approx(weighed["tenth"][1], rel=0.03)


def test_the_law_is_reached_up_to_a_tenth():
    for share in (0.5, 0.7, 0.8):
        arrays = frame(share=share)
        assert np.all(np.abs(arrays["tenth"] / arrays["law"] - 1.05) < 0.07)


def test_the_verdict_names_the_delay():
    params = EXPLORER.check({})
    said = EXPLORER.question.verdicts(EXPLORER.arrays(params), params)
    assert set(said) == set(EXPLORER.question.choices)
    assert all("3.9 times as late" in sentence for sentence in said.values())


def test_the_picture_of_the_half_circles_says_what_it_shows():
    picture = half_circles()
    assert "overlap" in picture.alt and "<svg" in picture.svg
    assert picture.rows[0][2] == 0.5  # the same input: half of all directions
