"""Records and bases go through pickle, as they do to another process, and come back."""

import pickle
from dataclasses import fields

import numpy as np
import pytest

import fbkit as fb
from fbkit.basis import sphere_points
from tests.unit.test_basis import BASES


def random_zonal():
    return fb.zonal(sphere_points(30, 5), sphere_points(2, 5, seed=1), [1, 3])


def trained_record():
    gram = np.diag([2.0, 1.0, 0.5])
    run = fb.gradient_descent(gram, [1.0, -1.0, 2.0], [0, 1, 5], lr=0.1)
    assert isinstance(run.meta["residual"], np.ndarray)
    return run


RECORDS = {
    **{f"basis: {name}": make for name, make in BASES.items()},
    "basis: zonal on random points": random_zonal,
    "basis: uneven circle": lambda: fb.circle([0.1, 0.5, 2.0, 4.0, 5.0], 2),
    "target: sines": lambda: fb.sines(fb.circle(16), [1, 3], [2, 0.5]),
    "target: square wave": lambda: fb.square_wave(fb.circle(16)),
    "target: your values": lambda: fb.on_basis(fb.cube(2), [1, 2, 3, 4]),
    "target: photograph row": lambda: fb.photograph_row(32),
    "target: photograph": lambda: fb.photograph(8),
    "target: electrocardiogram": lambda: fb.electrocardiogram(32),
    "target: bell": lambda: fb.bell(32),
    "target: digits": lambda: fb.digits(20),
    "history": lambda: fb.History([0, 1], [[1, 0], [0, 1]], np.ones((2, 2)), [1, 1]),
    "history: with arrays in meta": trained_record,
}


def same(one, other):
    """Whether two things are equal, arrays, records and functions in them included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, fb.Basis | fb.Target | fb.History):
        return all(
            same(getattr(one, field.name), getattr(other, field.name))
            for field in fields(one)
            if field.name != "evaluate"
        )
    return one == other


@pytest.fixture(params=RECORDS)
def record(request):
    return RECORDS[request.param]()


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_a_record_comes_back_equal(record, protocol):
    back = pickle.loads(pickle.dumps(record, protocol))
    assert same(record, back)
    assert repr(record) == repr(back)


@pytest.mark.parametrize("name", [name for name in RECORDS if "basis" in name])
def test_a_basis_that_came_back_knows_its_modes_anywhere(name):
    basis = RECORDS[name]()
    back = pickle.loads(pickle.dumps(basis))
    somewhere = basis.points[1::2]
    np.testing.assert_array_equal(basis.evaluate(somewhere), back.evaluate(somewhere))
    assert back.orthonormality_error == basis.orthonormality_error
