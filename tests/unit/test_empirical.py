"""The empirical tangent kernel: equal to autograd where it answers, and a sentence
where it would be wrong.
"""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import prune

import fbkit as fb
from fbkit.nets import Layer
from fbkit.observe import empirical, empirical_ntk
from tests.unit.networks import Net

# The old forms of weight_norm are looked at, too.
pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")


def seeded(make, seed=0):
    torch.manual_seed(seed)
    return make().double()


def inputs(n, *shape, seed=0):
    return np.random.default_rng(seed).normal(size=(n, *shape))


def by_autograd(net, x):
    """The full kernel from one gradient per sample and output."""
    out = net(torch.as_tensor(x)).reshape(len(x), -1)
    moving = [p for p in net.parameters() if p.requires_grad]
    how = {"retain_graph": True, "allow_unused": True, "materialize_grads": True}
    rows = []
    for f in out.reshape(-1):
        gradients = torch.autograd.grad(f, moving, **how)
        rows.append(torch.cat([g.reshape(-1) for g in gradients]))
    jacobian = torch.stack(rows).reshape(*out.shape, -1)
    return torch.einsum("iap,jbp->ijab", jacobian, jacobian).numpy()


def frozen_first():
    net = nn.Sequential(
        nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 2)
    )
    net[0].requires_grad_(False)
    net[2].weight.requires_grad_(False)
    net[4].bias.requires_grad_(False)
    return net


RIGHT = {
    "NTK parameterisation": lambda: fb.mlp(3, 16, antisymmetric=False),
    "antisymmetric, deep, three outputs": lambda: fb.mlp(
        3, 16, depth=4, outputs=3, bias_std=0.3
    ),
    "plain": lambda: fb.standard_mlp([3, 8, 8, 2]),
    "Fourier features": lambda: fb.FourierFeatures(
        inputs(4, 3), fb.standard_mlp([8, 7, 1])
    ),
    "in-place activation": lambda: nn.Sequential(
        nn.Linear(3, 9), nn.ReLU(inplace=True), nn.Linear(9, 1)
    ),
    "linear": lambda: nn.Linear(3, 2),
    "some parameters frozen": frozen_first,
    "skip connections": lambda: Net(
        lambda s, x: torch.cat([s.b(F.gelu(h := s.a(x)) + h), s.c(x)], dim=1),
        a=nn.Linear(3, 5),
        b=nn.Linear(5, 1),
        c=Layer(3, 2, 0.7, 0.2, None),
    ),
    "normalisation without parameters": lambda: nn.Sequential(
        nn.Linear(3, 6),
        nn.LayerNorm(6, elementwise_affine=False),
        nn.ReLU(),
        nn.Linear(6, 2),
    ),
    "images": lambda: nn.Sequential(
        nn.Unflatten(1, (1, 3)),
        nn.Flatten(),
        nn.Linear(3, 4),
        nn.Sigmoid(),
        nn.Linear(4, 1),
    ),
    "an unused layer and a branch": lambda: Net(
        lambda s, x: torch.stack([s.a(x).relu().sum(1), s.b(x)[:, 0]], 1),
        a=nn.Linear(3, 4),
        b=nn.Linear(3, 2),
        unused=nn.Linear(3, 2),
    ),
    "one output without an axis": lambda: Net(
        lambda s, x: s.a(x).sin().sum(1), a=nn.Linear(3, 4)
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_equals_the_gradients_inner_products(name):
    net, x = seeded(RIGHT[name]), inputs(11, 3)
    expected = by_autograd(net, x)
    one = expected.shape[2:] == (1, 1)
    for method in ("structured", "exact"):
        kernel = empirical_ntk(net, x, method=method)
        close = {"rtol": 1e-11, "atol": 1e-12 * np.abs(expected).max()}
        np.testing.assert_allclose(
            kernel, expected[:, :, 0, 0] if one else expected, **close
        )
        np.testing.assert_allclose(
            empirical_ntk(net, x[:4], x[2:], method=method), kernel[:4, 2:], **close
        )
        trace = empirical_ntk(net, x, method=method, trace_outputs=True)
        np.testing.assert_allclose(trace, np.trace(expected, axis1=2, axis2=3), **close)
        traced = empirical_ntk(net, x[:4], x[2:], method=method, trace_outputs=True)
        np.testing.assert_allclose(traced, trace[:4, 2:], **close)


def shared_tensor():
    net = nn.Sequential(
        nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1)
    )
    net[2].weight = net[0].weight
    return net


def twice():
    return Net(
        lambda s, x: s.b(s.a(s.a(x).relu()).relu()),
        a=nn.Linear(4, 4),
        b=nn.Linear(4, 1),
    )


def made(make):
    return nn.Sequential(make(nn.Linear(4, 4)), nn.ReLU(), nn.Linear(4, 1))


WRONG = {  # name: (network, what the sentence says)
    "a weight in two layers": (shared_tensor, "0 and 2 share a parameter"),
    "a layer used twice": (twice, "a runs more than once"),
    "a weight used outside its layer": (
        lambda: Net(
            lambda s, x: s.b(F.linear(s.a(x).relu(), s.a.weight)),
            a=nn.Linear(4, 4),
            b=nn.Linear(4, 1),
        ),
        "a does more than run once",
    ),
    "a weight used outside its layer, hardly": (
        lambda: Net(
            lambda s, x: s.b(s.a(x).relu()) + 1e-3 * s.a.weight[0, 0],
            a=nn.Linear(4, 4),
            b=nn.Linear(4, 1),
        ),
        "a does more than run once",
    ),
    "a layer that never runs, its weight used": (
        lambda: Net(
            lambda s, x: F.linear(s.a(x).relu(), s.b.weight),
            a=nn.Linear(4, 4),
            b=nn.Linear(4, 1),
        ),
        "b does more than run once",
    ),
    "convolution": (
        lambda: nn.Sequential(
            nn.Unflatten(1, (1, 4)), nn.Conv1d(1, 3, 2), nn.Flatten(), nn.Linear(9, 1)
        ),
        "1 is a Conv1d with trainable parameters",
    ),
    "a dense layer at several places": (
        lambda: nn.Sequential(
            nn.Unflatten(1, (2, 2)), nn.Linear(2, 3), nn.Flatten(), nn.Linear(6, 1)
        ),
        "1 runs on shape (9, 2, 2) for 9 samples",
    ),
    "places as rows": (
        lambda: Net(
            lambda s, x: s.a(x.reshape(-1, 2)).relu().reshape(len(x), -1).sum(1),
            a=nn.Linear(2, 3),
        ),
        "a runs on shape (18, 2) for 9 samples",
    ),
    "normalisation with a scale": (
        lambda: nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 1)),
        "1 is a LayerNorm with trainable parameters",
    ),
    "samples that attend to each other": (
        lambda: Net(lambda s, x: torch.softmax(x @ x.T, 1) @ s.a(x), a=nn.Linear(4, 1)),
        "another output in another batch",
    ),
    "a parameter without a layer": (
        lambda: Net(
            lambda s, x: s.a(x) * s.gain,
            a=nn.Linear(4, 1),
            gain=nn.Parameter(torch.ones(1)),
        ),
        "net is a Net with trainable parameters",
    ),
    "an activation with a parameter": (
        lambda: nn.Sequential(nn.Linear(4, 4), nn.PReLU(), nn.Linear(4, 1)),
        "1 is a PReLU with trainable parameters",
    ),
    "a weight made of others": (
        lambda: nn.Sequential(
            nn.utils.parametrizations.weight_norm(nn.Linear(4, 4)),
            nn.ReLU(),
            nn.Linear(4, 1),
        ),
        "with trainable parameters, not a dense layer",
    ),
    "a weight of length and direction": (
        lambda: made(nn.utils.weight_norm),
        "0 makes its weight of other parameters; use method='exact'",
    ),
    "a weight of norm one": (
        lambda: made(nn.utils.spectral_norm),
        "0 makes its weight of other parameters",
    ),
    "a pruned weight": (
        lambda: made(lambda layer: prune.l1_unstructured(layer, "weight", 0.5)),
        "0 makes its weight of other parameters",
    ),
    "as many outputs as samples": (
        lambda: Net(
            lambda s, x: s.a(x).relu() @ s.b(x).T, a=nn.Linear(4, 4), b=nn.Linear(4, 4)
        ),
        "another output in another batch",
    ),
    "cut from its parameters": (
        lambda: Net(lambda s, x: s.a(x).detach(), a=nn.Linear(4, 1)),
        "do not depend on its trainable parameters",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_it_would_get_wrong_is_one_sentence(name):
    make, says = WRONG[name]
    with pytest.raises(ValueError) as caught:
        empirical_ntk(seeded(make), inputs(9, 4))
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "a weight in two layers",
        "a layer used twice",
        "convolution",
        "a dense layer at several places",
        "normalisation with a scale",
    ],
)
def test_exact_method_takes_what_the_structured_one_refuses(name):
    net, x = seeded(WRONG[name][0]), inputs(9, 4)
    np.testing.assert_allclose(
        empirical_ntk(net, x, method="exact"),
        by_autograd(net, x)[:, :, 0, 0],
        rtol=1e-10,
    )


def test_exact_method_refuses_samples_that_mix():
    net = seeded(WRONG["samples that attend to each other"][0])
    with pytest.raises(ValueError, match="net gives a sample another") as caught:
        empirical_ntk(net, inputs(9, 4), method="exact")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("method", ["structured", "exact"])
@pytest.mark.parametrize("middle", [nn.BatchNorm1d, nn.Dropout])
def test_the_kernel_is_that_of_evaluation_mode(middle, method):
    """Batch normalisation by running averages, dropout without chance."""
    middle = nn.BatchNorm1d(4, affine=False) if middle is nn.BatchNorm1d else middle()
    net = seeded(lambda: nn.Sequential(nn.Linear(4, 4), middle, nn.Linear(4, 1)))
    x = inputs(9, 4)
    net(torch.as_tensor(x))  # averages other than 0 and 1
    in_training = empirical_ntk(net, x, method=method)
    expected = by_autograd(net.eval(), x)[:, :, 0, 0]
    np.testing.assert_allclose(in_training, expected, rtol=1e-10)


@pytest.mark.parametrize("rows", [1, 2, 5])
@pytest.mark.parametrize("trace", [False, True])
def test_blocks_of_samples_make_the_same_kernel(monkeypatch, trace, rows):
    net, x = seeded(RIGHT["antisymmetric, deep, three outputs"]), inputs(7, 3)
    options = {"method": "exact", "trace_outputs": trace}
    whole = [empirical_ntk(net, x, **options), empirical_ntk(net, x, x[2:], **options)]
    count = sum(p.numel() for p in net.parameters())
    monkeypatch.setattr(empirical, "BUDGET", 2 * rows * 3 * count * 8)
    blocks = [empirical_ntk(net, x, **options), empirical_ntk(net, x, x[2:], **options)]
    for one, other in zip(whole, blocks):
        np.testing.assert_allclose(other, one, rtol=1e-12)
    symmetric = np.swapaxes(blocks[0], 0, 1)
    np.testing.assert_array_equal(
        blocks[0], symmetric if trace else np.swapaxes(symmetric, 2, 3)
    )


@pytest.mark.parametrize("ids", [list, np.asarray, torch.tensor])
def test_whole_numbers_go_to_embeddings_as_they_are(ids):
    """K = 1 for each token two texts share at a place, for the sum of their vectors."""
    net = nn.Sequential(nn.Embedding(50, 1), nn.Flatten(), Sum())
    texts = [[1, 2, 49], [1, 2, 3], [4, 4, 4]]
    kernel = empirical_ntk(net, ids(texts), method="exact")
    np.testing.assert_array_equal(kernel, [[3, 2, 0], [2, 3, 0], [0, 0, 9]])
    with pytest.raises(ValueError, match="Embedding with trainable parameters"):
        empirical_ntk(net, ids(texts))


class Sum(nn.Module):
    def forward(self, x):
        return x.sum(1)


def test_whole_numbers_are_numbers_to_dense_layers():
    net, x = nn.Linear(2, 1), [[1, 2], [0, 1]]
    for method in ("structured", "exact"):
        assert empirical_ntk(net, x, method=method).tolist() == [[6, 3], [3, 2]]


Named = dataclasses.make_dataclass("Named", ["logits"])
RETURNS = {
    "tuple": (lambda s, x: (s.a(x), x), r"returns a tuple.*net\(x\)\[0\]"),
    "list": (lambda s, x: [s.a(x)], r"returns a list.*net\(x\)\[0\]"),
    "dict": (lambda s, x: {"logits": s.a(x)}, r"dict.*net\(x\)\['logits'\]"),
    "fields": (lambda s, x: Named(s.a(x)), r"returns a Named.*net\(x\)\.logits"),
    "nothing": (lambda s, x: None, "returns a NoneType"),
    "array": (lambda s, x: s.a(x).detach().numpy(), "returns a ndarray"),
    "complex": (lambda s, x: s.a(x) * 1j, "view_as_real"),
    "one number": (lambda s, x: s.a(x).sum(), "one row for each"),
    "class": (lambda s, x: s.a(x).argmax(1), "do not depend"),
    "nan": (lambda s, x: s.a(x) / 0, "NaN or infinity"),
}


@pytest.mark.parametrize("method", ["structured", "exact"])
@pytest.mark.parametrize("what", RETURNS)
def test_what_is_no_tensor_of_outputs_is_one_sentence(what, method):
    forward, says = RETURNS[what]
    net = seeded(lambda: Net(forward, a=nn.Linear(4, 2)))
    with pytest.raises(ValueError, match=says) as caught:
        empirical_ntk(net, inputs(5, 4), method=method)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("method", ["structured", "exact"])
def test_a_request_beyond_memory_is_one_sentence(method):
    far = np.broadcast_to(1.0, (10**6, 4))
    with pytest.raises(ValueError, match="the kernel asks for an array"):
        empirical_ntk(nn.Linear(4, 1), far, method=method)
    many = seeded(lambda: nn.Linear(4, 10**6))
    what = "X" if method == "structured" else "a sample's gradient"
    with pytest.raises(ValueError, match=f"{what} asks for an array"):
        empirical_ntk(many, inputs(2, 4), method=method)


def test_symmetric_and_positive():
    kernel = empirical_ntk(
        fb.mlp(3, 64, depth=3, outputs=2, seed=1).double(), inputs(300, 3)
    )  # more than one block
    square = kernel.transpose(0, 2, 1, 3).reshape(600, 600)
    assert np.array_equal(square, square.T)
    assert np.linalg.eigvalsh(square).min() > -1e-12 * np.trace(square)


def test_quotients_are_the_mode_rates():
    """phi^T W K W phi is the rate that mode_rates measures without a kernel."""
    basis, net = fb.circle(64), fb.mlp(width=128, seed=2).double()
    waves = basis.weights[:, None] * basis.matrix
    quotients = np.einsum("ik,ij,jk->k", waves, empirical_ntk(net, basis.inputs), waves)
    expected = [quotients[basis.modes == k].mean() for k in (0, 1, 4)]
    np.testing.assert_allclose(
        fb.mode_rates(net, basis, [0, 1, 4]), expected, rtol=1e-10
    )


def test_large_width_is_the_infinite_kernel():
    angles = np.linspace(0, np.pi, 9)
    x = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    exact = fb.ntk(activation="tanh").profile(angles)

    def error(width, seed):
        net = fb.mlp(width=width, activation="tanh", seed=seed)
        return np.abs(empirical_ntk(net, x)[0] - exact).max()

    narrow = [error(512, seed) for seed in range(3)]
    wide = [error(32768, seed) for seed in range(3)]
    assert np.mean(wide) < 0.3 * np.mean(narrow)  # 1/sqrt(width) says one eighth
    assert np.max(wide) < 0.05


def test_single_precision():
    net, x = fb.mlp(3, 256, depth=3, seed=3), inputs(200, 3)
    single = empirical_ntk(net, x)
    assert single.dtype == np.float32
    np.testing.assert_allclose(
        single, empirical_ntk(net.double(), x.astype(np.float32)), rtol=2e-5, atol=1e-5
    )


@settings(deadline=None, max_examples=50)
@given(
    st.one_of(
        st.lists(st.floats(), max_size=6),
        st.lists(st.lists(st.floats(), min_size=2, max_size=2), max_size=3),
        st.text(max_size=3),
        st.none(),
        st.floats(),
    )
)
def test_bad_inputs_are_one_sentence(x):
    net = nn.Linear(2, 1).double()
    try:
        fine = (
            x is not None
            and np.ndim(np.asarray(x, float)) == 2
            and np.isfinite(x).all()
        )
    except (ValueError, TypeError):
        fine = False
    if fine:
        if np.abs(x).max() < 1e100:  # squares of more overflow
            assert empirical_ntk(net, x).shape == (len(x), len(x))
        return
    with pytest.raises(ValueError) as caught:
        empirical_ntk(net, x)
    assert "\n" not in str(caught.value)


def test_wrong_names_and_sizes_are_one_sentence():
    for change in (
        {"method": "fast"},
        {"X": inputs(3, 5)},
        {"net": nn.ReLU()},
        {"net": nn.Linear(4, 1).half()},
        {"net": nn.Linear(4, 1).bfloat16()},
        {"net": nn.Linear(4, 1, dtype=torch.complex64)},
        {"net": nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1).double())},
        {"net": nn.Linear(4, 1, device="meta")},
        {"net": nn.LazyLinear(1)},
        {"net": nn.Linear(4, 1).requires_grad_(False)},
        {"net": None},
        {"net": torch.sin},
        {"net": torch.compile},
    ):
        with pytest.raises(ValueError) as caught:
            empirical_ntk(
                **{"net": nn.Linear(4, 1).double(), "X": inputs(3, 4), **change}
            )
        assert "\n" not in str(caught.value)
