"""Every public door: whatever comes, the answer is right or one sentence."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import fbkit as fb
from tests.unit import doors
from tests.unit.doors import DOORS, bad_inputs, fault, forms_of_a_number, harmless, same

LEAST = 100  # bad inputs a door


@pytest.fixture(params=DOORS)
def door(request):
    return DOORS[request.param]


def test_bad_input_is_one_sentence(door):
    faults = []
    count = 0
    for kind, name, value, must_refuse in bad_inputs(door, LEAST):
        found = fault(door, {name: value}, must_refuse)
        count += 1
        if found:
            faults.append(f"{name} {kind}: {found}")
    assert count >= LEAST
    assert faults == []


things = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=3),
    st.binary(max_size=3),
    st.datetimes(),
    st.decimals(),
    st.fractions(),
    arrays.arrays(arrays.scalar_dtypes(), arrays.array_shapes(min_dims=0, max_side=4)),
)
collections = st.recursive(
    things,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.sets(st.integers(), max_size=3),
        st.dictionaries(st.text(max_size=2), inner, max_size=2),
    ),
    max_leaves=8,
)


def hangs(values):
    while True:
        pass


def accepts(values):
    return np.nan_to_num(np.asarray(values, dtype=float)).sum()


def passes_on(values):
    return fb.circle(8).analyse(np.sqrt(values))


@pytest.mark.parametrize(
    "function, value, says",
    [
        (accepts, [1.0, np.nan], "accepted: 1.0"),
        (accepts, [[1.0], [1.0, 2.0]], "ValueError in"),
        (accepts, "text", "could not convert"),
        (accepts, [1j], "TypeError in"),
        (passes_on, -np.ones(8), "RuntimeWarning"),
        (hangs, 1.0, "no answer"),
    ],
)
def test_a_door_that_does_not_hold_is_found(function, value, says, monkeypatch):
    monkeypatch.setattr(doors, "SECONDS", 0.05)
    leaky = doors.door(function, values=np.ones(8))
    assert says in fault(leaky, {"values": value}, must_refuse=True)


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_anything_at_all_is_one_sentence_or_an_answer(door, data):
    name = data.draw(st.sampled_from(list(door.arguments)))
    assert fault(door, {name: data.draw(collections)}, must_refuse=False) is None


def test_the_form_of_an_array_changes_nothing(door):
    expected = door()
    different = []
    for name in door.named("array"):
        for form, array in harmless(door.arguments[name]).items():
            if not same(door(**{name: array}), expected):
                different.append(f"{name} as {form}")
    assert different == []


def test_the_form_of_a_number_changes_nothing(door):
    expected = door()
    different = []
    for name in door.named("number"):
        for form, number in forms_of_a_number(door.arguments[name]).items():
            if not same(door(**{name: number}), expected):
                different.append(f"{name} as {form}")
    assert different == []
