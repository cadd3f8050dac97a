"""Ensembles: every net as `fbkit.train` trains it alone, whatever the chunks."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fbkit as fb
from fbkit.targets import Target
from fbkit.training import ensemble, train_ensemble
from fbkit.training.stack import Stack, hidden_bytes

TARGET = fb.sines(fb.circle(24), [1, 3])


def several(count=5, double=True, **form):
    nets = [fb.mlp(**{"width": 16, "seed": s, **form}) for s in range(count)]
    return [net.double() for net in nets] if double else nets


def quick(nets, target=TARGET, *, steps=60, lr=0.1, **arguments):
    return train_ensemble(nets, target, steps=steps, lr=lr, progress=False, **arguments)


def alone(nets, target=TARGET, *, steps=60, lr=0.1, **arguments):
    how = {"steps": steps, "lr": lr, "progress": False, **arguments}
    return [fb.train(net, target, **how) for net in nets]


def two_outputs(depth):
    x = np.random.default_rng(0).normal(size=(20, 3))
    values = np.sin(x @ np.ones((3, 2)) + [0, 1])
    target = Target(x, values, np.full(20, 0.05), None, "two outputs")
    return several(inputs=3, outputs=2, depth=depth), target


def frozen(names):
    nets = several(depth=3)
    for net in nets:
        for name, p in net.named_parameters():
            p.requires_grad_(not name.endswith(tuple(names)))
    return nets, TARGET


FORMS = {
    "one hidden layer": lambda: (several(), TARGET),
    "not antisymmetric": lambda: (several(antisymmetric=False), TARGET),
    "two hidden layers": lambda: (several(depth=3, bias_std=0.5), TARGET),
    "three, no bias": lambda: (several(depth=4, bias_std=0, activation="tanh"), TARGET),
    "linear": lambda: (several(activation="linear", depth=3), TARGET),
    "sine": lambda: (several(activation="sine"), TARGET),
    "gaussian": lambda: (several(activation="gaussian", depth=3), TARGET),
    "plain layers": lambda: (
        [fb.standard_mlp([2, 8, 8, 1], seed=s).double() for s in range(5)],
        TARGET,
    ),
    "no hidden layer": lambda: (
        [fb.standard_mlp([2, 1], seed=s).double() for s in range(5)],
        TARGET,
    ),
    "two outputs": lambda: two_outputs(2),
    "two outputs, two hidden layers": lambda: two_outputs(3),
    "outer layer alone": lambda: frozen(
        ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"]
    ),
    "first biases and second weights frozen": lambda: frozen(
        ["layers.0.bias", "layers.1.weight"]
    ),
    "first weights frozen": lambda: frozen(["layers.0.weight"]),
}


@pytest.mark.parametrize("optimizer", ["gd", "momentum"])
@pytest.mark.parametrize("name", FORMS)
def test_equal_to_training_alone(name, optimizer, monkeypatch):
    nets, target = FORMS[name]()
    # Chunks of 2, 2 and 1.
    room = 2 * hidden_bytes(nets[0], len(target.values))
    monkeypatch.setattr(ensemble, "CACHE", room)
    copies = copy.deepcopy(nets)
    together = quick(nets, target, optimizer=optimizer)
    apart = alone(copies, target, optimizer=optimizer)
    for one, other in zip(together, apart):
        np.testing.assert_array_equal(one.t, other.t)
        np.testing.assert_allclose(one.error, other.error, atol=1e-10)
        np.testing.assert_allclose(one.loss, other.loss, rtol=1e-9, atol=1e-14)
        assert one.loss[-1] < one.loss[0] and one.meta == other.meta
    for net, other in zip(nets, copies):
        for p, q in zip(net.parameters(), other.parameters()):
            torch.testing.assert_close(p, q, rtol=1e-9, atol=1e-11)


def test_single_precision_and_default_rate():
    nets = several(double=False, depth=3)
    together = quick(copy.deepcopy(nets), lr=None, steps=20)
    apart = alone(nets, lr=None, steps=20)
    for one, other in zip(together, apart):
        assert one.meta["lr"] == other.meta["lr"]
        np.testing.assert_allclose(one.error, other.error, atol=2e-5)


def test_a_rate_and_a_target_for_each():
    nets = several(3)
    rates = [0.05, 0.1, 0.2]
    targets = [fb.sines(fb.circle(24), [k]) for k in (1, 2, 3)]
    together = quick(copy.deepcopy(nets), targets, lr=rates)
    for net, target, lr, run in zip(nets, targets, rates, together):
        [expected] = alone([net], target, lr=lr)
        np.testing.assert_allclose(run.error, expected.error, atol=1e-12)


def test_probe_and_records():
    probe = fb.observe.total_error()
    run = quick(several(2), probe=probe, records=5)[1]
    np.testing.assert_array_equal(run.modes, probe.modes)
    np.testing.assert_allclose(run.error[:, 0] ** 2 / 2, run.loss, rtol=1e-12)
    assert len(run.t) <= 6


def test_one_that_diverges_leaves_the_others_alone():
    rates = [0.1, 1e4, 0.1]
    nets = several(3, activation="linear")
    with pytest.warns(UserWarning, match=r"nets \[1\] diverged") as caught:
        runs = quick(copy.deepcopy(nets), lr=rates, steps=200)
    assert [warning.filename for warning in caught] == [__file__]
    last = runs[1].t[-1] / 1e4
    assert runs[1].meta["diverged"] > last and np.isfinite(runs[1].error).all()
    for k in (0, 2):
        [expected] = alone([nets[k]], steps=200)
        np.testing.assert_allclose(runs[k].error, expected.error, atol=1e-12)


def test_interrupting_keeps_what_is_done(monkeypatch):
    nets = several(6)
    monkeypatch.setattr(ensemble, "CACHE", 2 * hidden_bytes(nets[0], 24))
    whole = quick(copy.deepcopy(nets))
    calls = []
    descend = Stack.descend

    def interrupted(stack):
        calls.append(stack)
        if len(calls) == 60 + 31:  # in the second chunk
            raise KeyboardInterrupt
        descend(stack)

    monkeypatch.setattr(Stack, "descend", interrupted)
    runs = quick(nets)
    assert [run.meta.get("interrupted") for run in runs] == [None, None, 30, 30, 0, 0]
    assert [round(run.t[-1] / 0.1) for run in runs] == [60, 60, 30, 30, 0, 0]
    for one, other in zip(runs, whole):
        shared = other.error[np.isin(other.t, one.t)]
        np.testing.assert_allclose(
            one.error[np.isin(one.t, other.t)], shared, atol=1e-12
        )
    # What was reached is written back.
    [going_on] = alone([nets[2]], steps=1)
    np.testing.assert_allclose(runs[2].loss[-1], going_on.loss[0], rtol=1e-10)


WRONG = {
    "nets is empty": lambda: ([], TARGET),
    "net 1 differs from net 0": lambda: ([fb.mlp(width=8), fb.mlp(width=16)], TARGET),
    "net 0 differs|net 1 differs": lambda: (
        [fb.mlp(width=8), fb.mlp(width=8, activation="tanh")],
        TARGET,
    ),
    "net 0 is a FourierFeatures": lambda: ([fb.FourierFeatures([1.0])], TARGET),
    "net 1 is a str": lambda: ([fb.mlp(width=8), "mlp"], TARGET),
    "nets holds a network twice": lambda: ([fb.mlp(width=8)] * 2, TARGET),
    "a list of 1 for 2 nets": lambda: (several(2), [TARGET]),
    "target 0 has inputs": lambda: (several(2, inputs=3), TARGET),
    "target 1 has inputs": lambda: (several(2), [TARGET, fb.sines(fb.circle(23), [1])]),
    "no parameter with requires_grad": lambda: (
        [fb.mlp(width=8).requires_grad_(False)],
        TARGET,
    ),
    "net 0 is a MLP; .* weights it was made with": lambda: ([normed()], TARGET),
    "nets is a NoneType": lambda: (None, TARGET),
    "nets is a Antisymmetric": lambda: (fb.mlp(width=8), TARGET),
    "target is a NoneType": lambda: (several(2), None),
    "target 1 is 3; expected a Target": lambda: (several(2), [TARGET, 3]),
    "of type float16": lambda: ([fb.mlp(width=8).half()], TARGET),
    "device 'meta'": lambda: ([fb.mlp(width=8).to("meta")], TARGET),
    "NaN or infinite": lambda: ([fb.mlp(width=8), spoilt()], TARGET),
    "loss is inf before any training": lambda: (
        several(2, double=False),
        fb.on_basis(TARGET.basis, 1e25 * TARGET.values),
    ),
}


def normed():
    """A weight made of length and direction is another parameter than `weight`."""
    net = fb.standard_mlp([2, 8, 1])
    torch.nn.utils.parametrizations.weight_norm(net.layers[0])
    return net


def spoilt():
    net = fb.mlp(width=8)
    net.plus.layers[0].weight.data[0, 0] = np.nan
    return net


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_training_takes_gradients_wherever_it_is_called(context, activation):
    nets = several(2, activation=activation)
    expected = quick(copy.deepcopy(nets), lr=None)
    with context():
        runs = quick(nets, lr=None)
    for run, other in zip(runs, expected):
        np.testing.assert_array_equal(run.error, other.error)


@pytest.mark.parametrize("says", WRONG)
def test_wrong_ensembles_are_one_sentence(says):
    with pytest.raises(ValueError, match=says) as caught:
        quick(*WRONG[says]())
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:nets")
@settings(deadline=None, max_examples=60)
@given(
    st.one_of(
        st.floats(),
        st.text(max_size=2),
        st.lists(st.floats(), max_size=3),
        st.booleans(),
    )
)
def test_bad_rates_are_one_sentence(lr):
    nets = several(2, width=2)
    try:
        quick(nets, lr=lr, steps=1, records=2)
    except ValueError as error:
        assert "lr" in str(error) and "\n" not in str(error)
    else:
        rates = np.asarray(lr, float)
        assert np.shape(lr) in [(), (2,)]
        assert np.all(rates > 0) and np.isfinite(rates).all()
