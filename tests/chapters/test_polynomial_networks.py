"""Product networks: their kernel, what they can say, and the explorer."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fbkit as fb
from fbkit.chapters.polynomial_networks import twin
from fbkit.chapters.polynomial_networks.claims import (
    gradients,
    of_factors,
    relative_spread,
    with_bias,
)
from fbkit.chapters.polynomial_networks.product import (
    FACTORS,
    even_product,
    product,
)
from fbkit.kernels import pnn_linear_factor_ntk, pnn_ntk

ANGLES = np.linspace(0, np.pi, 9)


def kernel_of(net, theta):
    """Gradients at angle 0 times gradients at some angles."""
    points = np.stack([np.cos(theta), np.sin(theta)], axis=1)
    found = [torch.cat([g.ravel() for g in one]) for one in gradients(net, points)]
    return np.array([float(found[0] @ one) for one in found])


@pytest.mark.parametrize(
    "factors, count, bias, profile",
    [
        (["relu"], 1024, False, partial(pnn_ntk, factors=1)),
        (["relu"], 1024, True, with_bias),
        (["relu"] * 2, 64, False, partial(pnn_ntk, factors=2)),
        (["relu"] * 3, 24, False, partial(pnn_ntk, factors=3)),
        (["relu", "linear"], 64, False, pnn_linear_factor_ntk),
        (["linear"] * 2, 16, False, lambda t: 3 * np.cos(t) ** 2),
    ],
)
def test_an_even_grid_has_the_kernel_of_infinitely_many_units(
    factors, count, bias, profile
):
    net = even_product(factors, count, bias=bias)
    found = kernel_of(net, ANGLES)
    np.testing.assert_allclose(found, profile(ANGLES), atol=0.03 * profile(0.0))


def test_one_factor_is_the_plain_network():
    one, plain = product(["relu"], 64, seed=3), fb.mlp(width=64, bias_std=0, seed=3)
    with torch.no_grad():
        plain.plus.layers[0].weight.copy_(2**0.5 * one.plus.inner[0])
        plain.plus.layers[1].weight.copy_(one.plus.outer[None])
    u = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(one.plus(u), plain.plus(u))


@settings(max_examples=30, deadline=None)
@given(
    factors=st.lists(st.sampled_from(sorted(FACTORS)), min_size=1, max_size=4),
    size=st.floats(0.1, 10),
    seed=st.integers(0, 99),
)
def test_a_product_grows_as_the_number_of_its_factors(factors, size, seed):
    """Without biases it is homogeneous of degree F, and its units are products."""
    net = product(factors, 8, inputs=3, seed=seed).plus
    u = torch.randn(4, 3, generator=torch.Generator().manual_seed(seed))
    grown = net(size * u)
    torch.testing.assert_close(grown, size ** len(factors) * net(u), rtol=1e-4, atol=0)
    by_hand = torch.ones(4, 4)
    for name, w in zip(factors, net.inner):
        by_hand = by_hand * FACTORS[name](u @ w.T)
    torch.testing.assert_close(net(u), by_hand @ net.outer[:, None] / 2)


@pytest.mark.parametrize("factors", [["relu"], ["relu"] * 2, ["relu", "linear"]])
def test_starts_at_0_and_every_weight_is_trained(factors):
    net = product(factors, 8, bias=True)
    u = torch.randn(6, 2, generator=torch.Generator().manual_seed(1))
    assert net(u).abs().max() == 0
    assert len(list(net.parameters())) == 2 * 3
    assert all(g.abs().sum() > 0 for g in gradients(net, u)[0])


@pytest.mark.parametrize(
    "factors, cannot",
    [
        (["relu"], [3, 5, 7]),
        (["relu", "linear"], [4, 6, 8]),
        (["relu", "linear", "linear"], [5, 7, 9]),
        (["linear"] * 3, [0, 2, 4, 5, 6, 7]),
        (["relu"] * 2, []),
    ],
)
def test_what_can_be_said(factors, cannot):
    """At any weights, not only at the start."""
    basis = fb.circle(64)
    net = product(factors, 400, seed=5).plus
    with torch.no_grad():
        output = net(torch.as_tensor(basis.inputs, dtype=torch.float32)).numpy()[:, 0]
    size = np.abs(basis.analyse(output))
    silent = np.isin(basis.modes, cannot)
    assert size[silent].max(initial=0) < 1e-5 * size.max()
    # High waves alias on 64 points, low ones are all there.
    others = ~silent & (basis.modes < 8)
    if "relu" in factors:
        assert size[others].max() > 1e-3 * size.max()


def test_half_of_each_wave_within_3_per_cent():
    """Network against theory, for the waves from 4 on."""
    basis = fb.circle(64)
    for factors, count, waves in ((1, 960, [4, 6]), (2, 48, [4, 5, 6])):
        values = 0.02 * np.cos(np.outer(basis.points, waves)).sum(axis=1)
        net = even_product(["relu"] * factors, count)
        run = fb.train(
            net,
            fb.on_basis(basis, values),
            lr=0.4,
            steps=280,
            records=1200,
            progress=False,
        )
        rates = fb.rates(of_factors(factors), basis)
        rates = rates[np.searchsorted(basis.modes, waves)]
        theory = 0.4 * np.log(0.5) / np.log(1 - 0.4 * rates)
        np.testing.assert_allclose(
            fb.learning_times(run, 0.5, waves), theory, rtol=0.03
        )


def test_the_spread_is_that_of_drawn_units():
    rng = np.random.default_rng(0)
    for F in (1, 2):
        z, a = rng.normal(size=(F, 2_000_000)), rng.normal(size=2_000_000)
        s, on = 2 * np.maximum(z, 0) ** 2, 2.0 * (z > 0)
        units = s.prod(axis=0)
        for j in range(F):
            units = units + a**2 * on[j] * np.delete(s, j, axis=0).prod(axis=0)
        assert units.std() / units.mean() == pytest.approx(relative_spread(F), rel=0.03)


def test_the_hump_is_where_the_wave_is_the_root_of_the_factors():
    rates = [fb.circle_spectrum(of_factors(F), 6)[0] / (F + 1) for F in range(1, 45)]
    best = 1 + np.argmax(rates, axis=0)
    np.testing.assert_allclose(best[3:7], np.arange(3, 7) ** 2, atol=1)


# ---- the explorer ----


def test_the_explorers_kernels():
    for factors in (1, 2, 3, 4):
        np.testing.assert_allclose(
            twin.kernel(ANGLES, factors, "no", "no"),
            pnn_ntk(ANGLES, factors),
            atol=1e-14,
        )
    np.testing.assert_allclose(
        twin.kernel(ANGLES, 1, "yes", "no"), pnn_linear_factor_ntk(ANGLES), atol=1e-14
    )
    np.testing.assert_allclose(
        twin.kernel(ANGLES, 1, "no", "yes"), with_bias(ANGLES), atol=1e-14
    )


def test_the_explorers_rates():
    mu, _ = fb.circle_spectrum(of_factors(2), 32)
    np.testing.assert_allclose(
        twin.rates(pnn_ntk(twin.HALF, 2)), mu, rtol=1e-3, atol=1e-6
    )
