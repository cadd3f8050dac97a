"""Refusals at public doors: one sentence that helps, whatever comes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fbkit._errors import one_of, positive, positive_int, real_array

MANY = [f"mode {k}" for k in range(1, 201)]

anything = st.one_of(
    st.floats(),
    st.integers(),
    st.booleans(),
    st.none(),
    st.text(max_size=5),
    st.lists(st.floats(), max_size=3),
)


def test_up_to_ten_options_are_all_named():
    with pytest.raises(ValueError) as caught:
        one_of("mode", "mode 11", MANY[:10])
    for name in MANY[:10]:
        assert name in str(caught.value)
    assert "did you mean 'mode 1'?" in str(caught.value)


def test_of_many_options_only_the_nearest_are_named():
    with pytest.raises(ValueError) as caught:
        one_of("mode", "mode71", MANY, listed="names()")
    message = str(caught.value)
    assert "one of 200 names" in message
    assert "mode 71" in message
    assert "names() lists all" in message
    assert sum(name in message.split(", ") for name in MANY) <= 3
    assert len(message) < 150


@given(anything)
def test_a_name_that_is_not_there_is_one_short_sentence(value):
    for options in (MANY, MANY[:3]):
        with pytest.raises(ValueError) as caught:
            one_of("mode", value, options)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 200


def test_a_name_that_is_there_comes_back():
    assert one_of("mode", "mode 7", MANY) == "mode 7"
    assert one_of("mode", "a", {"a": 1}) == "a"


@given(anything)
def test_numbers_come_back_as_what_they_are_or_are_refused(value):
    for check in (
        positive,
        positive_int,
        lambda name, value: real_array(name, value, ndim=0),
    ):
        try:
            number = check("value", value)
        except ValueError as error:
            assert "\n" not in str(error)
            assert str(error).startswith("value ")
        else:
            assert math.isfinite(number)
            # A whole number above 2^53 has no float of its own.
            assert float(number) == float(value)


@pytest.mark.parametrize(
    "wanted, says",
    [
        (dict(ndim=1), "expected 1 axis"),
        (dict(ndim=3), "expected 3 axes"),
        (dict(shape=(None,)), r"expected \(any,\)"),
        (dict(shape=(2, None)), r"expected \(2, any\)"),
    ],
)
def test_a_wrong_shape_says_which_is_right(wanted, says):
    with pytest.raises(ValueError, match=says):
        real_array("values", np.ones((3, 2)), **wanted)
