"""Doors that take a network or make one: any network at all, and any numbers."""

import warnings

import numpy as np
import pytest
import torch
from torch import nn

import fbkit as fb
from tests.unit.doors import bad_inputs, door, fault, harmless, same

LEAST = 100  # bad inputs a door
CIRCLE = fb.circle(8)
TARGET = fb.sines(CIRCLE, [1, 2])
WAVE = np.array([1.0, -2.0, 3.5, 0.25, 4.0, -1.5, 2.0, 0.5])


def net():
    return fb.mlp(width=4, activation="tanh", seed=1).double()


def several():
    return [fb.mlp(width=4, seed=seed) for seed in range(2)]


def trained(**arguments):
    return quietly(fb.train, net(), TARGET, **{"steps": 3, **arguments})


def quietly(train, *args, **plan):
    """Its warning that a run diverges is right where the learning rate is wild."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*diverged", UserWarning)
        return train(*args, progress=False, **plan)


# Numbers and arrays of each door that is no network.
NUMBERS = {
    "mlp": door(
        lambda **sizes: parameters_of(fb.mlp(**sizes)),
        inputs=2,
        width=4,
        depth=2,
        outputs=1,
        activation="relu",
        weight_std=1.0,
        bias_std=1.0,
        output_std=1.0,
        output_bias_std=0.0,
        seed=0,
    ),
    "even_units": door(
        lambda **numbers: parameters_of(fb.nets.even_units(**numbers)),
        width=4,
        weight_std=1.0,
        bias_std=1.0,
        length=1.5,
    ),
    "standard_mlp": door(
        lambda sizes, **numbers: parameters_of(fb.standard_mlp(sizes, **numbers)),
        sizes=np.array([2, 3, 1]),
        activation="tanh",
        weight_std=0.5,
        seed=0,
    ),
    "siren": door(
        lambda sizes, **numbers: parameters_of(fb.siren(sizes, **numbers)),
        sizes=np.array([2, 3, 1]),
        omega=30.0,
        seed=0,
    ),
    "FourierFeatures": door(
        lambda **arrays: parameters_of(fb.FourierFeatures(**arrays)),
        frequencies=np.array([1.0, 2.0, -3.5]),
        outer=np.array([[1.0, 2.0, 3.0], [0.5, 0.0, -1.0]]),
    ),
    "Derivative": door(
        lambda order, direction: slopes(order, direction),
        order=1,
        direction=np.array([1.0, -0.5]),
    ),
    "mode_rates": door(
        lambda frequencies: fb.mode_rates(net(), CIRCLE, frequencies),
        frequencies=np.array([1.0, 3.0]),
    ),
    "largest_rate": door(
        lambda iterations: fb.largest_rate(net(), TARGET, iterations=iterations),
        iterations=3,
    ),
    "empirical_ntk": door(
        lambda X, Y, method: fb.empirical_ntk(net(), X, Y, method=method),
        X=WAVE.reshape(4, 2),
        Y=WAVE[:6].reshape(3, 2),
        method="structured",
    ),
    "mode_error": door(fb.mode_error(CIRCLE), prediction=WAVE, values=2 * WAVE),
    "total_error": door(
        fb.observe.total_error(), prediction=WAVE, values=WAVE[::-1].copy()
    ),
    "train": door(
        trained,
        steps=3,
        lr=0.125,
        momentum=0.5,
        optimizer="gd",
        seed=0,
        batch=4,
        records=3,
        threads=1,
    ),
    "train, weighted": door(trained, lr=0.125, mode_weights=WAVE**2),
    "train_ensemble": door(
        lambda **plan: quietly(fb.train_ensemble, several(), TARGET, **plan),
        optimizer="momentum",
        lr=np.array([0.125, 0.25]),
        steps=3,
        momentum=0.5,
        records=3,
        threads=1,
    ),
}


def parameters_of(made):
    return [p.detach().numpy() for p in made.parameters()]


def slopes(order, direction):
    x = torch.tensor(WAVE.reshape(4, 2))
    return fb.Derivative(net(), order, direction)(x).detach().numpy()


@pytest.fixture(params=NUMBERS)
def numbers(request):
    return NUMBERS[request.param]


def test_bad_numbers_are_one_sentence(numbers):
    faults = []
    for kind, name, value, must_refuse in bad_inputs(numbers, LEAST):
        if kind in SLOW.get(name, ()):
            continue
        found = fault(numbers, {name: value}, must_refuse)
        if found:
            faults.append(f"{name} {kind}: {found}")
    assert faults == []


# Numbers that a long run rightly takes.
SLOW = {"steps": ("large", "huge")}


def test_the_form_of_an_array_changes_nothing(numbers):
    expected = numbers()
    different = []
    for name in numbers.named("array"):
        for form, array in harmless(numbers.arguments[name]).items():
            if not same(numbers(**{name: array}), expected):
                different.append(f"{name} as {form}")
    assert different == []


class Returns(nn.Module):
    """A network from a function of its outputs."""

    def __init__(self, change):
        super().__init__()
        self.net = net()
        self.change = change

    def forward(self, x):
        return self.change(self.net(x))


def with_weight(value):
    made = net()
    made.plus.layers[0].weight.data[0, 0] = value
    return made


def without_gradients():
    with torch.inference_mode():
        return net()


def of_two_types():
    return nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1).double())


BAD_NETS = {
    "none": lambda: None,
    "a class": lambda: nn.Linear,
    "a function": lambda: torch.sin,
    "an array": lambda: np.eye(2),
    "a number": lambda: 3,
    "a text": lambda: "mlp",
    "a list": lambda: [net()],
    "no parameters": nn.ReLU,
    "frozen": lambda: net().requires_grad_(False),
    "single outputs in a tuple": lambda: Returns(lambda f: (f,)),
    "in a dict": lambda: Returns(lambda f: {"f": f}),
    "nothing": lambda: Returns(lambda f: None),
    "an array out": lambda: Returns(lambda f: f.detach().numpy()),
    "one number out": lambda: Returns(lambda f: f.sum()),
    "a row out": lambda: Returns(lambda f: f.T),
    "half the samples": lambda: Returns(lambda f: f[::2]),
    "complex": lambda: Returns(lambda f: f * 1j),
    "detached": lambda: Returns(torch.Tensor.detach),
    "classes": lambda: Returns(lambda f: f.sign().long()),
    "random": lambda: Returns(lambda f: f + torch.randn_like(f)),
    "dropout always": lambda: Returns(lambda f: nn.functional.dropout(f, 0.5)),
    "infinite": lambda: Returns(lambda f: 1 / (0 * f)),
    "nan in a weight": lambda: with_weight(np.nan),
    "infinity in a weight": lambda: with_weight(np.inf),
    "other inputs": lambda: fb.mlp(inputs=3, width=4).double(),
    "half precision": lambda: net().half(),
    "bfloat16": lambda: net().bfloat16(),
    "complex weights": lambda: nn.Linear(2, 1, dtype=torch.complex128),
    "two types": of_two_types,
    "meta": lambda: net().to("meta"),
    "lazy": lambda: nn.LazyLinear(1),
    "made without gradients": without_gradients,
    "images": lambda: nn.Conv2d(1, 1, 1).double(),
    "tokens": lambda: nn.Embedding(3, 1).double(),
    "recurrent": lambda: nn.LSTM(2, 1).double(),
    "attention": lambda: nn.MultiheadAttention(2, 1).double(),
}
TAKE_A_NET = {
    "train": lambda net: fb.train(net, TARGET, steps=2, lr=0.1, progress=False),
    "train, default rate": lambda net: fb.train(net, TARGET, steps=1, progress=False),
    "train_ensemble": lambda net: fb.train_ensemble([net], TARGET, progress=False),
    "mode_rates": lambda net: fb.mode_rates(net, CIRCLE, [1]),
    "largest_rate": lambda net: fb.largest_rate(net, TARGET),
    "empirical_ntk": lambda net: fb.empirical_ntk(net, CIRCLE.inputs),
    "exact kernel": lambda net: fb.empirical_ntk(net, CIRCLE.inputs, method="exact"),
}


@pytest.mark.parametrize("name", TAKE_A_NET)
def test_a_network_that_will_not_do_is_one_sentence(name):
    through = door(TAKE_A_NET[name], net=None)
    faults = []
    for kind, make in BAD_NETS.items():
        found = fault(through, {"net": make()}, must_refuse=True)
        if found:
            faults.append(f"{kind}: {found}")
    assert faults == []


@pytest.mark.parametrize("kind", ["none", "frozen", "a function", "no parameters"])
def test_a_kernel_at_infinite_width_is_of_a_known_network(kind):
    through = door(fb.ntk_of, net=None)
    assert fault(through, {"net": BAD_NETS[kind]()}, must_refuse=True) is None
