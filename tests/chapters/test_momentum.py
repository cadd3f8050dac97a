"""Momentum's closed forms, the page's optimisers, and Adam's own kernel."""

import numpy as np
import pytest
import torch

import fbkit as fb
from fbkit.chapters.momentum import twin
from fbkit.chapters.momentum.optimizers import (
    ADAM,
    NESTEROV,
    NO_MOMENTUM,
    ONE_SIZE,
    adam_roots,
    kernels,
    nesterov,
    no_momentum,
    one_size,
)
from fbkit.dynamics import METHODS, mode_factor, mode_trajectory
from fbkit.explorers import registry
from fbkit.training.optimizers import adam
from tests.explorers.pages import run_engine

EXPLORER = registry()["momentum"]
TARGET = fb.sines(fb.circle(32), [1, 3], amplitudes=0.1)


def weights(count=6):
    return [torch.nn.Parameter(torch.arange(float(count), dtype=torch.float64))]


def walk(update, p, steps=40):
    for step in range(steps):
        p[0].grad = torch.sin(p[0].detach() * step + torch.arange(len(p[0])))
        with torch.no_grad():
            update(1.0 / (1 + step))
    return p[0].detach().numpy()


def test_nesterov_is_that_of_torch():
    ours, others = weights(), weights()
    optimizer = torch.optim.SGD(others, lr=0.01, momentum=0.8, nesterov=True)

    def theirs(factor):
        optimizer.param_groups[0]["lr"] = 0.01 * factor
        optimizer.step()

    expected = walk(theirs, others)
    np.testing.assert_allclose(walk(nesterov(ours, 0.01, 0.8), ours), expected)


def test_a_network_under_nesterov_is_the_theory_at_the_point_ahead():
    basis, net = TARGET.basis, fb.even_units()
    plan = dict(lr=2.0, steps=60, records=2000, progress=False)
    run = fb.train(net, TARGET, optimizer=NESTEROV, momentum=0.9, **plan)
    rates = fb.rates(fb.ntk_of(fb.even_units()), basis)
    start = -TARGET.coefficients
    theory = fb.nesterov(rates, start, 60, lr=2.0, momentum=0.9).error
    ahead = 1.9 * theory[1:] - 0.9 * theory[:-1]
    size = np.abs(start).max()
    assert np.abs(run.error[1:] - ahead).max() < 0.03 * size
    assert np.abs(run.error[1:] - theory[1:]).max() > 0.3 * size


@pytest.mark.parametrize("update", [adam_roots, one_size])
def test_of_one_weight_both_variants_are_adam(update):
    ours, others = weights(1), weights(1)
    ours[0].data += 1
    others[0].data += 1
    expected = walk(adam(others, 0.1), others)
    np.testing.assert_allclose(walk(update(ours, 0.1, 0.9), ours), expected)


def test_adam_without_momentum_is_that_of_torch():
    ours, others = weights(), weights()
    optimizer = torch.optim.Adam(others, lr=0.01, betas=(0.0, 0.999))

    def theirs(factor):
        optimizer.param_groups[0]["lr"] = 0.01 * factor
        optimizer.step()

    expected = walk(theirs, others)
    np.testing.assert_allclose(walk(no_momentum(ours, 0.01, 0.9), ours), expected)


def test_adams_kernel_is_the_kernel_where_all_steps_are_alike():
    net = fb.mlp(width=32, seed=0)
    for p in net.parameters():
        p.root = torch.full_like(p, 0.5)
    K, own = kernels(net, TARGET.inputs)
    np.testing.assert_allclose(own, 2 * K, rtol=1e-6)
    expected = fb.empirical_ntk(net, TARGET.inputs)
    np.testing.assert_allclose(K, expected, atol=1e-5 * expected.max())


def test_adams_kernel_says_what_a_small_step_of_adam_does():
    """A step along D J^T v moves the outputs by J D J^T v."""
    net = fb.mlp(width=64, seed=0)
    fb.train(net, TARGET, optimizer=ADAM, steps=20, progress=False)
    _, own = kernels(net, TARGET.inputs)
    x = torch.as_tensor(TARGET.inputs, dtype=torch.float32)
    v = torch.sin(torch.arange(len(x)))
    before = net(x).reshape(-1)
    parameters = list(net.parameters())
    gradients = torch.autograd.grad(before @ v, parameters)
    step = 1e-4 / np.abs(own @ v.numpy()).max()
    with torch.no_grad():
        for p, g in zip(parameters, gradients):
            p.add_(g / p.root, alpha=step)
        moved = (net(x).reshape(-1) - before).numpy() / step
    expected = own @ v.numpy()
    assert np.abs(moved - expected).max() < 0.02 * np.abs(expected).max()


def test_optimizers_of_the_page_train():
    for record in (NESTEROV, NO_MOMENTUM, ONE_SIZE, ADAM):
        lr = 0.1 if record is NESTEROV else None
        net = fb.mlp(width=64, seed=0)
        run = fb.train(net, TARGET, optimizer=record, lr=lr, steps=60, progress=False)
        assert run.loss[-1] < run.loss[0] and run.meta["clock"] == "steps"


@pytest.mark.parametrize("method", ["gd", "heavy_ball", "nesterov"])
def test_the_explorers_steps_are_the_closed_form(method):
    z = np.array([1e-4, 0.0026, 0.01, 0.5, 1.1])
    expected = mode_trajectory(z, twin.LAST, method, 0.9)
    np.testing.assert_allclose(twin.errors(z, 0.9, method), expected, atol=1e-10)


@pytest.mark.parametrize("method", ["heavy_ball", "nesterov"])
def test_borders_are_where_roots_meet_and_where_modes_grow(method):
    found = twin.borders(method)
    for z, beta in zip(found["swing_z"], found["swing_beta"]):
        trace, det = METHODS[method].recursion(z, beta)
        assert trace**2 - 4 * det == pytest.approx(0, abs=1e-12)
    for z, beta in zip(found["grow_z"][1:-1], found["grow_beta"][1:-1]):
        assert mode_factor(z, method, beta) == pytest.approx(1)


@pytest.mark.parametrize("lr", [0.5, 2.5])
def test_a_learning_rate_at_which_waves_grow_says_so(blank, lr):
    _, report = run_engine(blank, "momentum", EXPLORER.check({"lr": lr}))
    assert ("Wave 1 grows under gradient descent" in report["note"]) == (lr > 2)
