"""Networks, probes and the training loop: laws, not snapshots."""

import _thread
import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fbkit as fb

BASIS = fb.circle(32)
TARGET = fb.sines(BASIS, [1, 3])


def quick(net=None, **arguments):
    return fb.train(
        net or fb.mlp(width=64), TARGET, **{"steps": 30, "progress": False, **arguments}
    )


@pytest.mark.parametrize("depth", [2, 3, 4])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sine", "cosine", "gaussian"])
def test_antisymmetric_networks_start_at_zero(depth, activation):
    net = fb.mlp(width=16, depth=depth, activation=activation, seed=depth)
    assert net(torch.randn(7, 2)).abs().max().item() == 0


def test_antisymmetry_keeps_the_kernel():
    """The doubled network has the kernel of one half, so rates equal those of the half
    alone.
    """
    half = fb.mlp(width=32, antisymmetric=False, seed=5)
    both = fb.mlp(width=64, seed=5)
    np.testing.assert_allclose(
        fb.mode_rates(both, BASIS, [0, 1, 3]),
        fb.mode_rates(half, BASIS, [0, 1, 3]),
        rtol=1e-5,
    )


def test_width_does_not_change_the_rates_scale():
    rates = [fb.mode_rates(fb.mlp(width=w), BASIS, [1])[0] for w in (512, 8192)]
    assert 0.7 < rates[0] / rates[1] < 1.4


def test_seed_decides_everything():
    runs = [quick(fb.mlp(width=32, seed=s)) for s in (1, 1, 2)]
    assert np.array_equal(runs[0].error, runs[1].error)
    assert not np.allclose(runs[0].error, runs[2].error)


def test_history_starts_at_minus_the_target_and_loss_is_parsevals():
    run = quick(fb.mlp(width=64).double())
    np.testing.assert_allclose(run.error[0], -TARGET.coefficients, atol=1e-12)
    np.testing.assert_allclose(run.loss, 0.5 * np.sum(run.error**2, axis=1), rtol=1e-10)


def test_one_step_of_gradient_descent_is_the_kernel():
    """For a small step, e changes by -lr K e with K the network's tangent kernel (in
    mode coordinates).
    """
    net = fb.mlp(width=64, seed=3).double()
    output = net(torch.as_tensor(BASIS.inputs)).reshape(-1)
    rows = [
        torch.cat(
            [
                g.reshape(-1)
                for g in torch.autograd.grad(
                    o, list(net.parameters()), retain_graph=True
                )
            ]
        )
        for o in output
    ]
    jacobian = torch.stack(rows).numpy()
    kernel = jacobian @ jacobian.T
    lr = 1e-6
    run = quick(net, steps=1, lr=lr, records=2)
    expected = -lr * BASIS.analyse(kernel @ (BASIS.weights * -TARGET.values))
    np.testing.assert_allclose(
        run.error[1] - run.error[0], expected, rtol=1e-3, atol=1e-12
    )
    quotient = [
        np.mean(np.diag(BASIS.analyse(BASIS.analyse(kernel).T))[BASIS.modes == k])
        for k in (0, 1, 3)
    ]
    np.testing.assert_allclose(
        fb.mode_rates(fb.mlp(width=64, seed=3).double(), BASIS, [0, 1, 3]),
        quotient,
        rtol=1e-10,
    )
    largest = np.linalg.eigvalsh(kernel).max() / len(kernel)
    assert fb.largest_rate(fb.mlp(width=64, seed=3).double(), TARGET) == pytest.approx(
        largest, rel=0.01
    )


def test_default_rate_is_stable_and_twice_the_limit_is_not():
    net = fb.mlp(width=256, seed=0)
    limit = 2 / fb.largest_rate(net, TARGET)
    assert quick(net).loss[-1] < 0.6
    with pytest.warns(UserWarning, match="diverged at step"):
        run = quick(
            fb.mlp(width=256, activation="linear", seed=0), lr=20 * limit, steps=400
        )
    assert run.meta["diverged"] > 0 and np.isfinite(run.error).all()


@pytest.mark.parametrize(
    "name, theirs",
    [
        ("gd", lambda p: torch.optim.SGD(p, lr=0.01)),
        ("momentum", lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.8)),
        ("adam", lambda p: torch.optim.Adam(p, lr=0.01)),
    ],
)
def test_optimizers_are_those_of_torch(name, theirs):
    from fbkit.training.loop import OPTIMIZERS

    ours, others = (
        [
            torch.nn.Parameter(torch.arange(6.0, dtype=torch.float64)),
            torch.nn.Parameter(torch.ones(1)),
        ]
        for _ in "ab"
    )
    update, optimizer = OPTIMIZERS[name](ours, 0.01, 0.8), theirs(others)
    for step in range(50):
        for p in (ours[0], others[0]):  # the second parameter has no gradient and stays
            p.grad = torch.sin(p.detach() * step + torch.arange(6))
        optimizer.step()
        with torch.no_grad():
            update()
    assert torch.allclose(ours[0], others[0], rtol=1e-12) and not torch.allclose(
        ours[0], torch.arange(6.0).double()
    )
    assert ours[1].item() == 1


def test_clock():
    assert (
        quick(lr=0.1).t[-1] == pytest.approx(3.0)
        and quick(lr=0.1).meta["clock"] == "flow"
    )
    for optimizer in ("momentum", "adam"):
        run = quick(optimizer=optimizer, lr=0.01)
        assert run.t[-1] == 30 and run.meta["clock"] == "steps"


def test_mode_weights_change_what_is_learned_first():
    weights = np.where(BASIS.modes == 3, 200.0, 1.0)
    plain, turned = quick(steps=400), quick(steps=400, mode_weights=weights)
    for run, first in ((plain, 1), (turned, 3)):
        times = fb.learning_times(run, 0.5, [1, 3])
        assert np.isfinite(times[{1: 0, 3: 1}[first]])
        assert (times[0] < times[1]) == (first == 1)


def test_equal_mode_weights_are_the_plain_loss():
    ones = np.ones(len(BASIS.modes))
    np.testing.assert_allclose(
        quick(lr=0.5, mode_weights=ones).error, quick(lr=0.5).error, atol=1e-5
    )


def test_threads_are_set_for_the_run_only():
    before, during = torch.get_num_threads(), []

    def probe(prediction, values):
        during.append(torch.get_num_threads())
        return np.zeros(1)

    probe.modes = np.zeros(1)
    quick(probe=probe, threads=before + 1)
    assert set(during) == {before + 1} and torch.get_num_threads() == before


def test_frozen_parameters_stay():
    net = fb.mlp(width=32)
    for half in (net.plus, net.minus):
        half.layers[0].requires_grad_(False)
    before = net.plus.layers[0].weight.clone()
    assert quick(net).loss[-1] < quick(fb.mlp(width=32)).loss[0]
    assert torch.equal(before, net.plus.layers[0].weight)


def test_outputs_are_kept_on_request():
    run = quick(keep_outputs=True)
    assert run.meta["outputs"].shape == (len(run.t), 32)
    np.testing.assert_allclose(
        BASIS.analyse(run.meta["outputs"] - TARGET.values), run.error, atol=1e-6
    )


def test_interrupting_keeps_the_history_so_far():
    calls = []

    def probe(prediction, values):
        calls.append(1)
        if len(calls) == 20:
            raise KeyboardInterrupt
        return fb.mode_error(BASIS)(prediction, values)

    probe.modes = BASIS.modes
    run = quick(probe=probe, steps=10_000)
    assert run.meta["interrupted"] > 0 and len(run.t) >= 19


def test_interrupting_from_outside():
    """As Jupyter's stop button does: a signal to the main thread while the loop runs."""
    timer = threading.Timer(1.0, _thread.interrupt_main)
    timer.start()
    run = quick(steps=10_000_000, lr=0.1)
    assert 0 < run.meta["interrupted"] < 10_000_000
    assert run.loss[-1] < run.loss[0]


def test_fourier_features_start_at_zero_and_have_their_frequencies():
    interval = fb.interval(64)
    net = fb.FourierFeatures(np.arange(1.0, 9.0))
    run = fb.train(net, fb.sines(interval, [2, 5, 12]), steps=300, progress=False)
    last = run.select([2, 5, 12])[-1] / run.select([2, 5, 12])[0]
    assert last[:2].max() < 1e-3 and last[2] == pytest.approx(1, abs=1e-3)


def test_siren_keeps_the_size_of_what_passes_through():
    net = fb.siren([2, 256, 256, 256, 1], omega=30)
    x, sizes = (
        2 * torch.rand(512, 2, generator=torch.Generator().manual_seed(0)) - 1,
        [],
    )
    for layer in net.layers[:-1]:
        x = torch.sin(layer(x))
        sizes.append(x.std().item())
    np.testing.assert_allclose(sizes, 0.5**0.5, rtol=0.05)
    assert torch.equal(
        fb.siren([1, 4, 1], seed=3).layers[0].weight,
        fb.siren([1, 4, 1], seed=3).layers[0].weight,
    )


def test_any_torch_module_trains():
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1)
    )
    run = quick(net, steps=200)
    assert run.loss[-1] < 0.8 * run.loss[0]


def test_digits_record_the_total_error():
    target = fb.digits(50)
    run = fb.train(
        fb.standard_mlp([64, 32, 10], "relu"),
        target,
        optimizer="adam",
        steps=100,
        progress=False,
    )
    np.testing.assert_allclose(run.loss, run.error[:, 0] ** 2 / 2, rtol=1e-5)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: fb.mlp(width=0), "width is 0"),
        (lambda: fb.mlp(width=-4), "width is -4"),
        (lambda: fb.mlp(width=7), "even width"),
        (lambda: fb.mlp(activation="rellu"), "did you mean 'relu'"),
        (lambda: fb.mlp(weight_std=float("nan")), "weight_std is nan"),
        (lambda: fb.mlp(depth=1), "depth is 1"),
        (lambda: fb.standard_mlp([3]), "at least an input"),
        (lambda: fb.FourierFeatures([]), "frequencies has shape"),
        (lambda: fb.siren([1, 4, 1], omega=0), "omega is 0"),
        (lambda: quick(lr=-1), "lr is -1"),
        (lambda: quick(lr=float("inf")), "lr is inf"),
        (lambda: quick(steps=0), "steps is 0"),
        (lambda: quick(optimizer="sgdd"), "optimizer is 'sgdd'"),
        (lambda: quick(fb.mlp(inputs=3)), "build it with 2 inputs"),
        (lambda: quick(fb.mlp(outputs=2)), "match the outputs"),
        (lambda: quick(mode_weights=[1, 2]), "mode_weights has shape"),
        (lambda: quick(mode_weights=-np.ones(32)), "at least 0"),
        (
            lambda: fb.train(
                fb.mlp(inputs=64, outputs=10), fb.digits(20), mode_weights=[1]
            ),
            "has none",
        ),
        (lambda: fb.mode_rates(fb.mlp(), BASIS, [99]), "not among"),
        (lambda: fb.plot.decay(), "at least one"),
        (lambda: fb.plot.decay([1, 2]), "expected a History"),
        (
            lambda: fb.plot.curves([1], {}, xlabel="", ylabel="", finding=""),
            "lines is empty",
        ),
    ],
)
def test_bad_input_is_one_sentence(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(
        [
            "width",
            "depth",
            "inputs",
            "outputs",
            "weight_std",
            "bias_std",
            "output_std",
            "seed",
            "activation",
        ]
    ),
    st.one_of(
        st.just(float("nan")),
        st.just(float("-inf")),
        st.floats(max_value=-1e-3),
        st.text(max_size=3),
        st.none(),
    ),
)
def test_property_bad_networks(name, value):
    with pytest.raises(ValueError) as caught:
        fb.mlp(**{name: value})
    assert name in str(caught.value) and "\n" not in str(caught.value)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["lr", "steps", "records", "momentum", "optimizer"]),
    st.one_of(
        st.just(float("nan")),
        st.just(float("inf")),
        st.floats(max_value=-1e-3),
        st.text(max_size=3),
    ),
)
def test_property_bad_training(name, value):
    with pytest.raises(ValueError) as caught:
        quick(**{name: value})
    assert name in str(caught.value) and "\n" not in str(caught.value)
