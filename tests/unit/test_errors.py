"""Refusals at public doors: one sentence that helps, whatever comes."""

import math
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fbkit import _errors
from fbkit._errors import (
    one_of,
    positive,
    positive_int,
    real_array,
    same_shape,
    within_memory,
)

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


GRID = np.arange(6.0).reshape(2, 3)
AS_GRID = {
    "list": GRID.tolist(),
    "tuple": tuple(tuple(row) for row in GRID),
    "whole numbers": GRID.astype(int),
    "half precision": GRID.astype(np.float16),
    "long double": GRID.astype(np.longdouble),
    "big-endian": GRID.astype(">f8"),
    "Fortran": np.asfortranarray(GRID),
    "backwards": GRID[::-1, ::-1].copy()[::-1, ::-1],
    "objects": GRID.astype(object),
    "Fractions": [[Fraction(v) for v in row] for row in GRID.astype(int).tolist()],
    "Decimals": [[Decimal(v) for v in row] for row in GRID.astype(int).tolist()],
    "nothing masked": np.ma.masked_array(GRID, mask=False),
    "tensor": torch.tensor(GRID),
    "tensor that requires grad": torch.tensor(GRID, requires_grad=True),
    "parameter": torch.nn.Parameter(torch.tensor(GRID)),
    "bfloat16": torch.tensor(GRID, dtype=torch.bfloat16, requires_grad=True),
    "tensor of half precision": torch.tensor(GRID, dtype=torch.float16),
    "tensor of whole numbers": torch.tensor(GRID, dtype=torch.uint8),
    "tensors in lists": [
        [torch.tensor(v, requires_grad=True) for v in r] for r in GRID
    ],
    "transposed tensor": torch.tensor(GRID.T.copy()).T,
    "arrays in a list": [GRID[0], GRID[1][::-1][::-1]],
}


@pytest.mark.parametrize("kind", AS_GRID)
def test_any_array_of_real_numbers_goes_in(kind):
    array = real_array("values", AS_GRID[kind])
    assert type(array) is np.ndarray and array.dtype == np.float64
    np.testing.assert_array_equal(array, GRID)


def test_a_float_array_comes_back_itself():
    assert real_array("values", GRID) is GRID


LOOPED = [1.0]
LOOPED.append(LOOPED)


class Broken:
    """An array-like that raises what it likes."""

    def __array__(self, *args, **kwargs):
        raise KeyError("no array today")

    def __repr__(self):
        raise RuntimeError("no words either")


NOT_REAL = {
    "complex": ([1 + 2j], "complex"),
    "complex without imaginary part": (np.ones(2, complex), "complex"),
    "complex tensor": (torch.ones(2, dtype=torch.complex64), "complex"),
    "masked": (np.ma.masked_array([1.0, 2.0], mask=[False, True]), "masked"),
    "masked row in a list": ([np.ma.masked_array([1.0], mask=[True])], "masked"),
    "masked constant": ([1.0, np.ma.masked], "masked"),
    "dates": (np.array(["2020-01-01"], "M8[D]"), "dates"),
    "durations": (np.array([5], "m8[ns]"), "durations"),
    "one duration": (np.timedelta64(5, "ns"), "durations"),
    "datetime": ([datetime(2020, 1, 1)], "real numbers"),
    "strings of numbers": (["1", "2"], "real numbers"),
    "bytes": (b"12", "real numbers"),
    "a number and a string": ([1, "2"], "real numbers"),
    "too large": ([10**400], "beyond the largest float"),
    "far too large": ([10**5000, 1], "beyond the largest float"),
    "a large fraction": ([Fraction(10**400)], "infinite"),
    "a NaN that signals": ([Decimal("sNaN")], "NaN"),
    "ragged": ([[1.0], [1.0, 2.0]], "real numbers"),
    "in itself": (LOOPED, "real numbers"),
    "none": ([1.0, None], "real numbers"),
    "dict": ({0: 1.0}, "real numbers"),
    "set": ({1.0}, "real numbers"),
    "generator": ((v for v in [1.0]), "real numbers"),
    "record": (np.zeros(2, [("a", float)]), "real numbers"),
    "broken": (Broken(), "real numbers"),
    "meta": (torch.ones(2, device="meta"), "real numbers"),
    "empty": ([], "empty"),
}


@pytest.mark.parametrize("kind", NOT_REAL)
@pytest.mark.filterwarnings("error")
def test_what_would_lose_something_is_refused(kind):
    value, says = NOT_REAL[kind]
    with pytest.raises(ValueError, match=says) as caught:
        real_array("values", value)
    message = str(caught.value)
    assert message.startswith("values ") and message.endswith(".")
    assert "\n" not in message and len(message) < 200


@pytest.mark.parametrize(
    "value", [3, 3.0, np.int8(3), np.array(3), torch.tensor(3), Fraction(3), Decimal(3)]
)
def test_a_number_is_a_number(value):
    assert positive_int("width", value) == 3
    assert type(positive_int("width", value)) is int
    assert positive("lr", value) == 3.0


@pytest.mark.parametrize(
    "value",
    [
        True,
        np.True_,
        np.timedelta64(3, "ns"),
        np.ma.masked,
        np.ones(1),
        torch.ones((), device="meta"),
        torch.tensor(3j),
        Fraction(10**400),
        10**400,
        10**5000,
        Decimal("sNaN"),
        3 + 0j,
        Broken(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_other_thing_is_a_number(value):
    for check in (positive_int, positive):
        with pytest.raises(ValueError) as caught:
            check("width", value)
        assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


def test_a_cap_is_said():
    assert positive_int("depth", 100, most=100) == 100
    with pytest.raises(ValueError, match="from 1 to 100"):
        positive_int("depth", 101, most=100)


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
@pytest.mark.parametrize("other", [(4,), (4, 1)])
def test_columns_and_lists_are_of_one_shape(shape, other):
    f, y = same_shape(np.ones(shape), torch.zeros(other, requires_grad=True))
    assert f.shape == y.shape == (4,) and f.sum() == 4 and y.sum() == 0


@pytest.mark.parametrize(
    "shape, other",
    [((4,), (1, 4)), ((4,), (1,)), ((4, 2), (4,)), ((4, 2), (4, 1)), ((), (4,))],
)
def test_nothing_is_broadcast(shape, other):
    for one, two in [(shape, other), (other, shape)]:
        with pytest.raises(ValueError, match="one number for each value") as caught:
            same_shape(np.ones(one), np.ones(two))
        assert f"shape {one}" in str(caught.value) and str(two) in str(caught.value)


def test_several_outputs_keep_their_shape():
    assert same_shape(np.ones((4, 2)), np.ones((4, 2)))[0].shape == (4, 2)


def test_half_of_the_memory_is_the_most(monkeypatch):
    monkeypatch.setattr(_errors, "_memory", lambda: 1600)
    within_memory("X", 10, 10)
    with pytest.raises(ValueError, match=r"X .* 10 x 11 numbers"):
        within_memory("X", 10, 11)
