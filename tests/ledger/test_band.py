"""Where numbers stand on a claim's picture: 7 to 153 pixels from the left."""

import numpy as np
import pytest

from fbkit.ledger.band import Mark, band


def test_what_lies_near_has_its_place_on_an_even_axis():
    seen = band(10, 1, [9, 10, 10.5], [12, 9])
    assert (seen.low, seen.high, seen.log) == (7, 104, False)
    assert seen.dots == [7, 56, 80]
    assert seen.marks == [Mark(0, 153, ""), Mark(1, 7, "")]


def test_what_lies_eight_widths_off_stands_at_the_edge():
    above = band(10, 1, [10], [40])
    assert above.marks == [Mark(0, 153, ">")]
    assert (above.low, above.high) == (7, round(7 + 146 * 2 / 18))
    below = band(10, 1, [10], [-20])
    assert below.marks == [Mark(0, 7, "<")]
    assert (below.low, below.high) == (round(7 + 146 * 16 / 18), 153)


@pytest.mark.parametrize(
    ("expected", "tolerance", "far", "log"),
    [
        (1.5, 0.5, 10, True),
        (1.5, 0.5, 9.9, False),
        (0.05, 0.01, 1, True),
        (1, 1, 50, False),  # from 0
        (0.5, 1, 50, False),  # from below 0
        (-0.5, 0.1, 50, False),
    ],
)
def test_a_decade_of_positive_numbers_has_a_logarithmic_axis(
    expected, tolerance, far, log
):
    assert band(expected, tolerance, [expected], [far]).log == log


def test_places_on_a_logarithmic_axis():
    seen = band(2, 1, [1, 3], [10])
    assert seen.log and seen.low == 7 and seen.marks == [Mark(0, 153, "")]
    assert seen.high == round(7 + 146 * np.log10(3))


def test_numbers_that_are_not_finite_have_no_place():
    seen = band(10, 1, [np.nan, 10], [np.inf, 11])
    assert seen.dots == [80] and seen.marks == [Mark(1, 153, "")]
    assert band(np.inf, 1, [1], []) is None
