"""Every public door: whatever comes, the answer is right or one sentence."""

import pytest

from tests.unit.doors import DOORS, bad_inputs, fault, harmless, same

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


def test_the_form_of_an_array_changes_nothing(door):
    expected = door()
    different = []
    for name in door.named("array"):
        for form, array in harmless(door.arguments[name]).items():
            if not same(door(**{name: array}), expected):
                different.append(f"{name} as {form}")
    assert different == []
