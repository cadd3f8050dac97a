"""The penalty on hashed Walsh coefficients, and the explorer's closed forms."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import fbkit as fb
from fbkit.basis import fwht
from fbkit.chapters.boolean_cube import attention, runs, twin
from fbkit.explorers import registry

EXPLORER = registry()["boolean_cube"]


def draw(seed):
    return torch.Generator().manual_seed(seed)


def function_of(coefficients):
    """A function of bits from its Walsh coefficients, differentiable in them."""
    bits = len(coefficients).bit_length() - 1
    sets = torch.arange(2**bits)[:, None] >> torch.arange(bits) & 1
    return lambda z: (1 - 2 * (z @ sets.T.to(z) % 2)) @ coefficients.to(z)


# ---- the penalty ----


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.integers(1, 4), st.booleans())
def test_the_penalty_is_the_size_of_the_buckets(seed, exponent, signed):
    c = torch.randn(2**6, generator=draw(seed), dtype=torch.float64)
    net = function_of(c)
    fed = (lambda x: net((x + 1) / 2)) if signed else net
    low = -1.0 if signed else 0.0
    torch.set_default_dtype(torch.float64)
    try:
        penalty = fb.hashwh_penalty(
            fed, 6, 2**exponent, low=low, generator=draw(seed)
        ).item()
    finally:
        torch.set_default_dtype(torch.float32)
    A = torch.randint(0, 2, (1, exponent, 6), generator=draw(seed))[0]
    sets = torch.arange(64)[:, None] >> torch.arange(6) & 1
    bucket = (sets @ A.T % 2) @ 2 ** torch.arange(exponent)
    sums = torch.zeros(2**exponent, dtype=c.dtype).index_add(0, bucket, c)
    assert penalty == pytest.approx(sums.abs().sum().item(), abs=1e-12)
    assert penalty <= c.abs().sum().item() + 1e-12


def test_a_single_parity_pays_its_height_in_every_draw():
    parity = function_of(torch.eye(32)[21] * -3.0)
    found = fb.hashwh_penalty(parity, 5, 8, count=50, generator=draw(0))
    assert found.item() == pytest.approx(3, abs=1e-5)


def test_gradients_reach_the_network_and_outputs_are_apart():
    net = nn.Sequential(nn.Linear(70, 8), nn.Tanh(), nn.Linear(8, 3)).double()
    found = fb.hashwh_penalty(net, 70, generator=draw(1))
    assert found.shape == (3,)
    assert found.dtype == torch.float64
    found.sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in net.parameters())
    for k in range(3):
        one = lambda z, k=k: net(z.double())[:, k]  # noqa: E731
        alone = fb.hashwh_penalty(one, 70, generator=draw(1))
        assert alone.item() == pytest.approx(found[k].item(), rel=1e-12)


def test_several_draws_are_the_mean_of_single_ones():
    net = nn.Linear(6, 1)
    chance = draw(2)
    many = fb.hashwh_penalty(net, 6, 4, count=5, generator=draw(2))
    single = [fb.hashwh_penalty(net, 6, 4, generator=chance) for _ in range(5)]
    assert many.item() == pytest.approx(torch.stack(single).mean().item(), rel=1e-6)


BAD = st.one_of(
    st.builds(dict, bits=st.sampled_from([0, -1, 2.5, "4", None, True])),
    st.builds(dict, buckets=st.sampled_from([0, 1, 3, 33, 2**7, 4.5, None])),
    st.builds(dict, low=st.sampled_from([1.0, np.nan, np.inf, None, "0", True])),
    st.builds(dict, count=st.sampled_from([0, -2, 1.5, None])),
    st.builds(dict, generator=st.sampled_from([0, "seed", np.random.default_rng()])),
    st.builds(
        dict,
        net=st.sampled_from(
            [
                None,
                3,
                lambda z: z,
                lambda z: z.sum(),
                lambda z: z.sum(1)[:3],
                lambda z: z[:, 0].long(),
                lambda z: z.numpy(),
                lambda z: z[:, :, None],
            ]
        ),
    ),
)


@settings(deadline=None)
@given(BAD)
def test_bad_input_is_one_sentence(bad):
    good = dict(net=nn.Linear(6, 1), bits=6, buckets=8)
    if callable(bad.get("net")) and bad["net"](torch.zeros(8, 6)).shape == (8, 6):
        return  # six outputs, which is allowed
    with pytest.raises(ValueError, match=r"expected|pass") as caught:
        fb.hashwh_penalty(**{**good, **bad})
    assert "\n" not in str(caught.value)


# ---- the explorer ----


def test_rates_are_those_of_a_gram_row():
    for bits, depth, bias in ((6, 2, 0), (8, 3, 0.5)):
        K = twin.kernel_by_distance(bits, depth, bias)
        differ = [i.bit_count() for i in range(2**bits)]
        row = fwht(K[differ])[2 ** np.arange(7) - 1] / 2**bits
        assert twin.rates(bits, depth, bias) == pytest.approx(row, abs=1e-13)


def test_pictures_are_parities():
    found = twin.pictures().reshape(6, 64)
    assert found @ found.T / 64 == pytest.approx(np.eye(6))
    changes = [abs(np.diff(p.reshape(8, 8)[:, 0])).sum() / 2 for p in found]
    assert changes == [1, 1, 2, 2, 5, 5]


def test_the_network_is_gradient_descent_on_all_corners():
    params = EXPLORER.check({"bits": 6, "amplitudes": [1, 0, 0.5, 0, 0, 1]})
    arrays = EXPLORER.arrays(params)
    basis = fb.cube(6)
    K = twin.kernel_by_distance(6, 2, 0.5)
    differ = (6 - basis.inputs @ basis.inputs.T) / 2
    gram = K[differ.round().astype(int)]
    y = basis.matrix[:, [1, 7, 63]] @ [1, 0.5, 1]
    f = np.zeros(64)
    for _ in range(10):
        f -= gram @ (f - y) / 64
    at = list(twin.STEPS).index(10)
    rest = (f - y) @ basis.matrix[:, [1, 7, 63]] / 64
    left = arrays["residual"][at][[0, 2, 5]]
    assert np.abs(rest) == pytest.approx(left, abs=1e-12)


# ---- what is trained ----


@pytest.mark.parametrize("module", [runs, attention])
@pytest.mark.parametrize(
    ("content", "error", "word"),
    [(None, FileNotFoundError, "missing"), (b"PK", ValueError, "damaged")],
)
def test_a_missing_or_damaged_file_is_one_sentence(
    content, error, word, module, tmp_path, monkeypatch
):
    broken = tmp_path / "runs.npz"
    if content:
        broken.write_bytes(content)
    monkeypatch.setattr(module, "FILE", broken)
    with pytest.raises(error, match=word) as caught:
        module.load()
    assert f"python -m {module.__name__}" in str(caught.value)


def test_the_stored_sweep_is_whole():
    sweep = runs.load()
    assert sweep["factors"].tolist() == list(runs.SWEEP)
    assert np.all(sweep["low"] < sweep["high"])
    asked = np.isin(np.arange(runs.BITS + 1), runs.DEGREES)
    assert np.all((sweep["missing"] > 0).any(axis=0) == asked)
    assert sweep["spurious"].shape == sweep["missing"].shape


def test_the_parts_of_the_error_add_up_to_it():
    t = runs.task(5, 3)
    run = runs.parities(5, (0.0,), 3, epochs=10)
    own = np.square(1 - run.heights).sum(axis=2)
    f = []

    def look(net):
        f.append(net(torch.as_tensor(t.inputs, dtype=torch.float32)).T.numpy())
        return f[-1]

    X = np.stack([t.inputs[seen] for seen in t.seen])
    y = np.stack([values[seen] for values, seen in zip(t.values, t.seen)])
    runs.fit(X, y, (0.0,), 5, 10, look)
    error = np.square(f[-1] - t.values).mean(axis=1)
    assert own[0] + run.spurious.sum(axis=2)[0] == pytest.approx(error, rel=1e-4)


def test_a_task_holds_one_parity_of_each_degree():
    t = runs.task(0, 3)
    for values, own, seen in zip(t.values, t.parities, t.seen):
        assert fb.degree_spectrum(values)[:7].tolist() == [0, 1, 1, 1, 1, 1, 0]
        assert [int(place).bit_count() for place in own] == list(runs.DEGREES)
        assert seen.sum() == runs.SAMPLES


def test_held_out_corners_are_scored_without_the_seen_ones():
    t = runs.task(0, 2)
    f = np.where(t.seen, 100.0, t.values)
    assert runs.held_out_r2(f[None], t) == pytest.approx(np.ones((1, 2)))


def test_a_split_keeps_the_held_out_rows_out_of_the_medians():
    one = runs.split("diabetes", np.random.default_rng(0))
    train = slice(runs.TABLES["diabetes"][0])
    share = one.X[train].mean(axis=0)  # less than half where rows are at the median
    assert np.all((share > 0.2) & (share <= 0.5))
    assert one.y[train].mean() == pytest.approx(0)
    assert one.y[train].std() == pytest.approx(1)


# ---- attention ----

CORNERS = torch.as_tensor(fb.cube(10).inputs, dtype=torch.float32)


def test_both_kinds_have_as_many_parameters():
    dense, other = (
        sum(w.numel() for w in attention.network(kind, 0).parameters())
        for kind in attention.KINDS
    )
    assert (dense, other) == (8889, 8961)


@pytest.mark.parametrize("kind", ["attention", "own tokens"])
def test_without_attention_only_degrees_0_and_1_can_be_said(kind):
    with torch.no_grad():
        full = attention.network(kind, 3)(CORNERS).double().numpy()
        net = attention.strengthened(attention.network(kind, 3), 0)
        without = net(CORNERS).double().numpy()
    assert fb.degree_spectrum(without)[2:].max() < 1e-12
    assert fb.degree_spectrum(without)[1] > 1e-4
    assert fb.degree_spectrum(full)[2] > 1e-9


@pytest.mark.parametrize("kind", attention.KINDS)
def test_a_start_rate_is_how_fast_a_coefficient_moves_along_its_gradient(kind):
    net = attention.network(kind, 1)
    parity = CORNERS[:, 0]
    rate = attention.start_rates(net, highest=1)[0]
    before = (net(CORNERS) * parity).mean()
    before.backward()
    with torch.no_grad():
        for w in net.parameters():
            w += 1e-3 * w.grad
        moved = (net(CORNERS) * parity).mean() - before
    assert moved.item() == pytest.approx(1e-3 * rate, rel=0.02)


def test_steps_end_when_a_parity_is_learned_or_the_budget_is_spent():
    steps = attention.steps_to_learn(attention.network("dense", 0), 1, 0.01)
    assert 9 < steps < 50
    assert attention.steps_to_learn(attention.network("dense", 0), 4, 0.01, 12) == 12


def test_the_stored_networks_are_those_of_the_script():
    stored = attention.load()
    assert stored["tried"].shape == (2, 3, 3, 3)
    assert stored["steps"].shape == (2, 3, len(attention.SEEDS))
    chosen = np.median(stored["tried"], axis=3).argmin(axis=2)
    assert np.array_equal(stored["rates"], np.array(attention.LEARNING_RATES)[chosen])
    net = attention.network("dense", 2)
    again = attention.steps_to_learn(net, 2, stored["rates"][0, 1])
    assert abs(again - stored["steps"][0, 1, 2]) <= 2


def test_a_kind_that_is_not_there_is_one_sentence():
    with pytest.raises(ValueError, match="kind"):
        attention.network("transformer", 0)
