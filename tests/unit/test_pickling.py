"""Records and bases go through pickle, as they do to another process, and come back."""

import importlib
import inspect
import pickle
import pkgutil
import re
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

import fbkit as fb
from fbkit import breaklines, ledger, observe
from fbkit.basis import sphere_points
from fbkit.lab.marking import Mark
from fbkit.ledger.running import Run
from fbkit.ledger.show import Measured, Result
from fbkit.ledger.stored import stored_record
from tests.unit.test_basis import BASES


def random_zonal():
    return fb.zonal(sphere_points(30, 5), sphere_points(2, 5, seed=1), [1, 3])


def trained_record():
    gram = np.diag([2.0, 1.0, 0.5])
    run = fb.gradient_descent(gram, [1.0, -1.0, 2.0], [0, 1, 5], lr=0.1)
    assert isinstance(run.meta["residual"], np.ndarray)
    return run


def flow_of_two():
    outer, *inner = UNITS
    return fb.neuron_flow(outer, np.transpose(inner), *DATA, [0.0, 1.0])


RECORDED = next(c for c in ledger.registry().values() if c.kind == "recorded")
RECORD = stored_record(RECORDED.folder, RECORDED.id)
# Two ReLU units in one dimension (a, w and b), and data.
UNITS = [1.0, -0.5], [1.0, -0.7], [0.2, 0.4]
DATA = [0.0, 1.0, 2.0], [1.0, -2.0, 1.0]
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
    "probe: mode error": lambda: fb.mode_error(fb.circle(16)),
    "probe: total error": lambda: observe.total_error(),
    "activation": lambda: fb.activation("gelu"),
    "kernel": lambda: fb.ntk_of(fb.mlp(width=4, activation="tanh")),
    "kernel: profile": lambda: fb.relu_profile(),
    "rates": lambda: fb.rates(fb.ntk_of(fb.mlp(width=4)), fb.circle(16)),
    "picture": lambda: fb.plot.decay(trained_record()),
    "explorer": lambda: fb.explorers.registry()["when_it_fails"],
    "lab: mark": lambda: Mark("q1", 0.5, 4, "Missing.", (0.0, 1.0)),
    "breaklines: spline": lambda: breaklines.radon_parameters(*UNITS),
    "breaklines: rates": lambda: breaklines.breakline_ode(*UNITS, *DATA),
    "breaklines: run": lambda: flow_of_two(),
    "breaklines: attractor": lambda: fb.attractors(*DATA)[0],
    "claim": lambda: RECORDED,
    "claim: shown": lambda: Result(RECORDED, RECORD.values),
    "claim: of a page": lambda: Measured([Result(RECORDED, RECORD.values)]),
    "claim: record": lambda: RECORD,
    "claim: calibration": lambda: RECORDED.calibration,
    "claim: run": lambda: Run("one", 0, np.ones(2), 0.5),
    "history": lambda: fb.History([0, 1], [[1, 0], [0, 1]], np.ones((2, 2)), [1, 1]),
    "history: with arrays in meta": trained_record,
}


def same(one, other):
    """Whether two things are equal, with all that they hold."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        equal = one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
        return equal and same(
            getattr(one, "modes", None), getattr(other, "modes", None)
        )
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if type(one).__module__.startswith("fbkit"):
        return same(content(one), content(other))
    if isinstance(one, float) and np.isnan(one):
        return np.isnan(other)
    return one == other or type(one).__module__.startswith("matplotlib")


def content(one):
    """What a record of the package holds; `evaluate` is asked by another test."""
    if is_dataclass(one):
        names = [field.name for field in fields(one) if field.name != "evaluate"]
        return {name: getattr(one, name) for name in names}
    return tuple(one) if isinstance(one, tuple) else vars(one)


@pytest.fixture(params=RECORDS)
def record(request):
    return RECORDS[request.param]()


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_a_record_comes_back_equal(record, protocol):
    back = pickle.loads(pickle.dumps(record, protocol))
    assert same(record, back)
    assert repr(record) == repr(back)


# What functions of the package hand to each other, and nobody else gets.
INSIDE = {"Band", "ClaimsTable", "Dense", "Dual", "Lab", "Loss", "Optimizer", "Place"}
INSIDE |= {"Plan", "Task"}
# Types of arguments, networks (the next test), and a widget, which lives in its page.
OTHERS = {"Array", "Probe", "MLP", "Antisymmetric", "ExplorerWidget"}


def returned():
    """Names of the records that functions of the package say they return."""
    records, words = set(), set()
    for one in pkgutil.walk_packages(fb.__path__, "fbkit."):
        if re.search(r"\.(chapters|data|__main__)\b", one.name):
            continue
        module = importlib.import_module(one.name)
        for name, thing in inspect.getmembers(module):
            if name.startswith("_") or getattr(thing, "__module__", "") != one.name:
                continue
            if inspect.isclass(thing) and not issubclass(thing, Exception):
                records.add(name)
            elif inspect.isfunction(thing):
                words |= set(
                    re.findall(r"\w+", str(inspect.signature(thing).return_annotation))
                )
    return records & words


def test_every_record_is_here():
    here = {type(make()).__name__ for make in RECORDS.values()}
    known = returned()
    assert {"History", "Target", "Rates", "Picture", "Record", "Attractor"} <= known
    assert known <= here | INSIDE | OTHERS, known - here - INSIDE - OTHERS


def test_a_network_comes_back_with_its_weights():
    import torch

    x = torch.linspace(-1, 1, 5).reshape(-1, 1)
    for net in (
        fb.mlp(inputs=1, width=8),
        fb.standard_mlp([1, 8, 1]),
        fb.siren([1, 8, 1]),
    ):
        back = pickle.loads(pickle.dumps(net))
        assert torch.equal(back(x), net(x))


@pytest.mark.parametrize("name", [name for name in RECORDS if "basis" in name])
def test_a_basis_that_came_back_knows_its_modes_anywhere(name):
    basis = RECORDS[name]()
    back = pickle.loads(pickle.dumps(basis))
    somewhere = basis.points[1::2]
    np.testing.assert_array_equal(basis.evaluate(somewhere), back.evaluate(somewhere))
    assert back.orthonormality_error == basis.orthonormality_error
