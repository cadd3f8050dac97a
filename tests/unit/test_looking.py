"""Looking at a network leaves it, the random states and the gradients bit-identical,
and gives the same number whatever mode the network and the caller are in.
"""

import contextlib
import copy
import pickle
import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations, prune

import fbkit as fb
from fbkit.observe.looking import gradients_on, looking
from tests.unit.networks import Net

BASIS = fb.interval(6, extension="even")
TARGET = fb.on_basis(BASIS, [1, 2, 0, 1, 3, 1])
CONTEXTS = {
    "plain": contextlib.nullcontext,
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu"),
}

# The old forms of weight_norm are looked at, too.
pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")


class Counting(nn.Module):
    """Counts in a buffer, remembers what passed and draws of its own while training."""

    def __init__(self):
        super().__init__()
        self.register_buffer("count", torch.zeros(()))
        self.generator = torch.Generator().manual_seed(3)

    def forward(self, x):
        self.count += 1
        self.last = x
        if self.training:
            x = x + torch.randn(x.shape, generator=self.generator)
        return x


def around(*layers):
    return nn.Sequential(nn.Linear(1, 4), *layers, nn.Tanh(), nn.Linear(4, 1))


def between(make):
    return around(make(nn.Linear(4, 4)), nn.Linear(4, 4))


def attention():
    return Net(
        lambda s, x: s.out(s.block(s.up(x).reshape(-1, 2, 4))[:, 0]),
        up=nn.Linear(1, 8),
        block=nn.TransformerEncoderLayer(4, 2, 8, batch_first=True),
        out=nn.Linear(4, 1),
    )


def dot_product(self, x):
    q = self.up(x).reshape(-1, 1, 2, 4)
    return self.out(F.scaled_dot_product_attention(q, q, q)[:, 0, 0])


def recurrent():
    return Net(
        lambda s, x: s.out(s.cell(x[:, :, None])[0][:, -1]),
        cell=nn.LSTM(1, 4, batch_first=True, num_layers=2, dropout=0.5),
        out=nn.Linear(4, 1),
    )


def sloped(self, x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(self.net(x).sum(), x, create_graph=True)[0]


def pruned(layer):
    prune.random_unstructured(layer, "weight", amount=0.5)
    return layer


NETS = {
    "dense": lambda: around(),
    "fbkit": lambda: fb.mlp(1, 8),
    "batch norm": lambda: around(nn.BatchNorm1d(4)),
    "frozen batch norm": lambda: around(nn.BatchNorm1d(4).requires_grad_(False)),
    "instance norm": lambda: around(
        nn.Unflatten(1, (2, 2)),
        nn.InstanceNorm1d(2, track_running_stats=True),
        nn.Flatten(),
    ),
    "dropout": lambda: around(nn.Dropout(0.5)),
    "layer norm": lambda: around(nn.LayerNorm(4)),
    "random relu": lambda: around(nn.RReLU()),
    "old weight norm": lambda: between(nn.utils.weight_norm),
    "weight norm": lambda: between(parametrizations.weight_norm),
    "old spectral norm": lambda: between(nn.utils.spectral_norm),
    "spectral norm": lambda: between(parametrizations.spectral_norm),
    "pruned": lambda: between(pruned),
    "counting": lambda: around(Counting()),
    "recurrent": recurrent,
    "attention": attention,
    "dot products": lambda: Net(dot_product, up=nn.Linear(1, 8), out=nn.Linear(4, 1)),
    "its own derivative": lambda: Net(sloped, net=around()),
    "a derivative": lambda: fb.Derivative(around()),
    "short embedding": lambda: Net(
        lambda s, x: s.out(s.table((9 * x.abs()).long()[:, 0])),
        table=nn.Embedding(40, 3, max_norm=0.5),
        out=nn.Linear(3, 1),
    ),
}
LOOKS = {
    "rates": lambda net: fb.mode_rates(net, BASIS, [1, 2]),
    "largest rate": lambda net: fb.largest_rate(net, TARGET),
    "kernel": lambda net: fb.empirical_ntk(net, BASIS.inputs),
    "exact kernel": lambda net: fb.empirical_ntk(net, BASIS.inputs, method="exact"),
}


@pytest.fixture(params=NETS)
def net(request):
    torch.manual_seed(1)
    net = NETS[request.param]().double()
    with contextlib.suppress(AttributeError):
        net(torch.tensor(BASIS.inputs)).sum().backward()
    return net


def state(net):
    """All there is to see of a network and of chance, and which tensors they are."""
    numbers = {name: value.clone() for name, value in net.state_dict().items()}
    gradients = {name: p.grad for name, p in net.named_parameters()}
    kept = {name: None if g is None else g.clone() for name, g in gradients.items()}
    modules = [(m.training, vars(m).copy()) for m in net.modules()]
    loose = [
        {name: id(value) for name, value in inner.items() if torch.is_tensor(value)}
        for _, inner in modules
    ]
    own = [
        value.get_state()
        for _, inner in modules
        for value in inner.values()
        if isinstance(value, torch.Generator)
    ]
    return {
        "numbers": numbers,
        "gradients": kept,
        "which gradients": {name: id(g) for name, g in gradients.items()},
        "which tensors": {
            name: id(t) for name, t in net.state_dict(keep_vars=True).items()
        },
        "trained": [p.requires_grad for p in net.parameters()],
        "modes": [training for training, _ in modules],
        "loose tensors": loose,
        "chance": [torch.get_rng_state(), *own],
        "chance of others": (random.getstate(), pickle.dumps(np.random.get_state())),
    }


def equal(one, other):
    if torch.is_tensor(one):
        return torch.is_tensor(other) and torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return one == other


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("context", CONTEXTS)
def test_looking_leaves_everything_as_it_was(net, context, training):
    net.train(training)
    next(net.children()).train(not training)  # modes may differ from part to part
    before = state(net)
    for name, look in LOOKS.items():
        # What refuses leaves it as it was, too.
        with CONTEXTS[context](), contextlib.suppress(ValueError):
            look(net)
        after = state(net)
        changed = [part for part in before if not equal(before[part], after[part])]
        assert changed == [], name


def test_a_look_is_the_same_in_every_mode(net):
    net.eval()
    expected = [LOOKS[name](net) for name in ("rates", "largest rate")]
    for context in CONTEXTS.values():
        for training in (True, False):
            net.train(training)
            with context():
                found = [LOOKS[name](net) for name in ("rates", "largest rate")]
            assert np.array_equal(found[0], expected[0]) and found[1] == expected[1]


def test_rates_and_kernel_are_those_of_gradients_in_evaluation_mode(net):
    """All of them from one gradient a sample, written out here."""
    net.eval()
    parameters = [p for p in net.parameters() if p.requires_grad]
    rows = []
    for sample in torch.tensor(BASIS.inputs):
        f = net(sample[None]).sum()
        gradients = torch.autograd.grad(
            f, parameters, allow_unused=True, materialize_grads=True
        )
        rows.append(torch.cat([g.reshape(-1) for g in gradients]))
    kernel = (torch.stack(rows) @ torch.stack(rows).T).numpy()
    net.train()
    found = LOOKS["exact kernel"](net)
    np.testing.assert_allclose(found, kernel, rtol=1e-10, atol=1e-12)
    waves = BASIS.weights[:, None] * BASIS.matrix
    quotients = np.diag(waves.T @ kernel @ waves)[BASIS.modes % 1 == 0][1:3]
    np.testing.assert_allclose(LOOKS["rates"](net), quotients, rtol=1e-9, atol=1e-14)
    largest = np.linalg.eigvalsh(kernel / 6).max()
    assert LOOKS["largest rate"](net) == pytest.approx(largest, rel=0.02)


def test_a_network_that_is_interrupted_is_as_it_was():
    net = Net(lambda s, x: 1 / 0, a=nn.Linear(1, 1), drop=nn.Dropout())
    with pytest.raises(ZeroDivisionError):
        LOOKS["rates"](net)
    assert net.training and net.drop.training


def test_a_step_of_ones_own_may_look_between_loss_and_backward():
    torch.manual_seed(0)
    net = around(nn.BatchNorm1d(4)).double()
    x = torch.tensor(BASIS.inputs)
    twin = copy.deepcopy(net)
    for one, look in ((net, True), (twin, False)):
        loss = one(x).square().mean()
        if look:
            LOOKS["rates"](one)
        loss.backward()
    for p, q in zip(net.parameters(), twin.parameters()):
        assert torch.equal(p.grad, q.grad)


def test_looking_by_itself():
    net = nn.Sequential(nn.Dropout(0.5), nn.Linear(2, 1))
    with torch.inference_mode(), looking(net):
        assert not net[0].training and torch.is_grad_enabled()
        assert net(torch.ones(1, 2)).requires_grad
    assert net[0].training
    with torch.no_grad(), gradients_on():
        assert torch.is_grad_enabled()


def test_chance_in_evaluation_mode_is_refused():
    net = Net(lambda s, x: F.dropout(s.a(x), 0.5), a=nn.Linear(1, 1)).double()
    before = torch.get_rng_state()
    for look in LOOKS.values():
        with pytest.raises(ValueError, match="draws random numbers in evaluation mode"):
            look(net)
    assert torch.equal(before, torch.get_rng_state())


def test_inputs_may_be_written_over():
    """By a first layer that works in place: the basis keeps its points."""
    net = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(1, 1)).double()
    before = BASIS.inputs.copy()
    for look in LOOKS.values():
        look(net)
    fb.train(net, TARGET, steps=2, lr=0.1, progress=False)
    np.testing.assert_array_equal(BASIS.inputs, before)
