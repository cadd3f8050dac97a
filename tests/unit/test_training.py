"""Networks, probes and the training loop: laws, not snapshots."""

import _thread
import dataclasses
import pickle
import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils import prune

import fbkit as fb
from fbkit.training import OPTIMIZERS, Optimizer

BASIS = fb.circle(32)
TARGET = fb.sines(BASIS, [1, 3])


def quick(net=None, *, steps=30, **arguments):
    net = net or fb.mlp(width=64)
    return fb.train(net, TARGET, steps=steps, progress=False, **arguments)


@pytest.mark.parametrize("depth", [2, 3, 4])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sine", "cosine", "gaussian"])
def test_antisymmetric_networks_start_at_zero(depth, activation):
    net = fb.mlp(width=16, depth=depth, activation=activation, seed=depth)
    assert net(torch.randn(7, 2)).abs().max().item() == 0


def test_antisymmetry_keeps_the_kernel():
    """The doubled network has the rates of one half alone."""
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


def kernel_of(net):
    """The tangent kernel from one gradient per sample."""
    output = net(torch.as_tensor(BASIS.inputs)).reshape(-1)
    parameters = list(net.parameters())
    rows = []
    for f in output:
        gradients = torch.autograd.grad(f, parameters, retain_graph=True)
        rows.append(torch.cat([g.reshape(-1) for g in gradients]))
    jacobian = torch.stack(rows).numpy()
    return jacobian @ jacobian.T


def test_one_step_of_gradient_descent_is_the_kernel():
    """For a small step e changes by -lr K e, with K in coordinates of the modes."""
    net = fb.mlp(width=64, seed=3).double()
    kernel = kernel_of(net)
    run = quick(net, steps=1, lr=1e-6, records=2)
    change = run.error[1] - run.error[0]
    expected = -1e-6 * BASIS.analyse(kernel @ (BASIS.weights * -TARGET.values))
    np.testing.assert_allclose(change, expected, rtol=1e-3, atol=1e-12)


def test_rates_are_those_of_the_kernel():
    net = fb.mlp(width=64, seed=3).double()
    kernel = kernel_of(net)
    of_modes = np.diag(BASIS.analyse(BASIS.analyse(kernel).T))
    expected = [of_modes[BASIS.modes == k].mean() for k in (0, 1, 3)]
    found = fb.mode_rates(net, BASIS, [0, 1, 3])
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    largest = np.linalg.eigvalsh(kernel).max() / len(kernel)
    assert fb.largest_rate(net, TARGET) == pytest.approx(largest, rel=0.01)


def test_default_rate_is_stable():
    assert quick(fb.mlp(width=256, seed=0)).loss[-1] < 0.6


def test_a_rate_far_over_the_limit_diverges():
    linear = fb.mlp(width=256, activation="linear", seed=0)
    limit = 2 / fb.largest_rate(linear, TARGET)
    with pytest.warns(UserWarning, match="diverged at step") as caught:
        run = quick(linear, lr=20 * limit, steps=400)
    assert caught[0].filename == __file__
    assert run.meta["diverged"] > 0 and np.isfinite(run.error).all()


@pytest.mark.parametrize("optimizer", ["gd", "momentum"])
def test_a_network_that_diverged_is_put_back_to_its_best_record(optimizer):
    net = fb.mlp(width=64, activation="tanh", seed=0)
    rate = 6 / fb.largest_rate(net, TARGET)
    with pytest.warns(UserWarning, match="put back to step"):
        run = quick(net, lr=rate, steps=400, optimizer=optimizer, keep_outputs=True)
    best = run.loss.argmin()
    assert run.loss[-1] > 2 * run.loss[best]
    assert run.meta["diverged"] > run.meta["put_back"] == run.t[best] / run.meta["lr"]
    with torch.no_grad():
        output = net(torch.tensor(BASIS.inputs, dtype=torch.float32))[:, 0]
    np.testing.assert_allclose(output, run.meta["outputs"][best], atol=1e-6)


def test_a_run_that_does_not_diverge_is_not_put_back():
    net = fb.mlp(width=64)
    run = quick(net, keep_outputs=True)
    assert "put_back" not in run.meta
    with torch.no_grad():
        output = net(torch.tensor(BASIS.inputs, dtype=torch.float32))[:, 0]
    np.testing.assert_allclose(output, run.meta["outputs"][-1], atol=1e-6)


def test_averages_of_batch_norm_are_put_back_too():
    """In the forward pass of the step that was put back, which moved them once more."""
    wild = torch.nn.Sequential(
        torch.nn.Linear(2, 8), torch.nn.BatchNorm1d(8), torch.nn.Linear(8, 1)
    )
    with pytest.warns(UserWarning, match="diverged"):
        quick(wild, lr=1e3, steps=400)
    assert all(torch.isfinite(moving).all() for moving in wild.state_dict().values())
    assert wild[1].running_mean.abs().max() < 10


THEIRS = {  # the same optimisers in torch
    "gd": lambda p, lr: torch.optim.SGD(p, lr=lr),
    "momentum": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.8),
    "adam": lambda p, lr: torch.optim.Adam(p, lr=lr),
}


def two_parameters():
    moving = torch.arange(6.0, dtype=torch.float64)
    return [torch.nn.Parameter(moving), torch.nn.Parameter(torch.ones(1))]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_are_those_of_torch(name):
    ours, others = two_parameters(), two_parameters()
    update = OPTIMIZERS[name].start(ours, 0.01, 0.8)
    optimizer = THEIRS[name](others, 0.01)
    for step in range(50):
        # The second parameter has no gradient and stays.
        for p in (ours[0], others[0]):
            p.grad = torch.sin(p.detach() * step + torch.arange(6))
        factor = 1 / (1 + step)
        optimizer.param_groups[0]["lr"] = 0.01 * factor
        optimizer.step()
        with torch.no_grad():
            update(factor)
    assert torch.allclose(ours[0], others[0], rtol=1e-12)
    assert not torch.allclose(ours[0], torch.arange(6.0).double())
    assert ours[1].item() == 1


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_torch_optimizer_is_trained_as_ours(name):
    ours = quick(optimizer=name, lr=0.01, momentum=0.8)
    net = fb.mlp(width=64)
    theirs = quick(net, optimizer=lambda p: THEIRS[name](p, 0.01))
    np.testing.assert_allclose(theirs.error, ours.error, rtol=1e-4, atol=1e-6)
    assert theirs.meta["clock"] == "steps" and theirs.t[-1] == 30
    assert theirs.meta["lr"] == 0.01


def test_a_torch_optimizer_comes_as_class_function_or_made():
    net = fb.mlp(width=64)
    made = torch.optim.AdamW(net.parameters(), lr=1e-3)
    runs = [
        quick(net, optimizer=made),
        quick(optimizer=lambda p: torch.optim.AdamW(p, lr=1e-3)),
        quick(optimizer=torch.optim.AdamW, lr=1e-3),
        quick(optimizer=torch.optim.AdamW),  # its default is 1e-3 too
    ]
    for run in runs:
        np.testing.assert_array_equal(run.error, runs[0].error)
        assert run.meta["label"] == "network, AdamW" and run.meta["lr"] == 1e-3


def test_an_optimizer_is_a_record():
    """Steps of length lr along the sign of the gradient, in five lines of a reader."""

    def start(parameters, lr, momentum):
        def step(factor):
            for p in parameters:
                p.sub_(p.grad.sign(), alpha=lr * factor)

        return step

    sign = Optimizer("sign", "sign descent", "steps", start, default_lr=1e-3)
    run = quick(optimizer=sign)
    assert run.loss[-1] < run.loss[0]
    assert run.meta["label"] == "network, sign descent" and run.meta["lr"] == 1e-3


def test_clock():
    run = quick(lr=0.1)
    assert run.t[-1] == pytest.approx(3.0) and run.meta["clock"] == "flow"
    for optimizer in ("momentum", "adam"):
        run = quick(optimizer=optimizer, lr=0.01)
        assert run.t[-1] == 30 and run.meta["clock"] == "steps"


def test_a_schedule_scales_the_rate_and_time_adds_it_up():
    run = quick(lr=0.1, schedule=lambda step: 1 / (1 + step))
    assert run.t[-1] == pytest.approx(0.1 * np.sum(1 / np.arange(1, 31)))
    # A rate of zero half way stops everything there.
    stopped = quick(lr=0.1, schedule=lambda step: float(step < 15))
    assert stopped.t[-1] == pytest.approx(1.5)
    half = quick(lr=0.1, steps=15)
    np.testing.assert_array_equal(stopped.error[-1], half.error[-1])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_schedule_scales_torchs_rate_for_the_run_only(name):
    schedule = lambda step: 1 - step / 60
    ours = quick(optimizer=name, lr=0.01, momentum=0.8, schedule=schedule)
    net = fb.mlp(width=64)
    made = THEIRS[name](net.parameters(), 0.01)
    theirs = quick(net, optimizer=made, schedule=schedule)
    np.testing.assert_allclose(theirs.error, ours.error, rtol=1e-4, atol=1e-6)
    assert made.param_groups[0]["lr"] == 0.01


def test_the_mean_square_is_twice_our_loss():
    """So its time runs twice as fast, and its default rate is half of ours."""
    ours = quick()
    theirs = quick(loss=torch.nn.MSELoss())
    assert theirs.meta["lr"] == pytest.approx(ours.meta["lr"] / 2, rel=1e-5)
    np.testing.assert_allclose(theirs.t, ours.t, rtol=1e-5)
    np.testing.assert_allclose(theirs.error, ours.error, atol=1e-5)
    np.testing.assert_allclose(theirs.loss, ours.loss, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(theirs.meta["trained_loss"], 2 * theirs.loss, rtol=1e-4)
    at_given = quick(loss=torch.nn.MSELoss(), lr=0.1)
    assert at_given.t[-1] == pytest.approx(2 * 0.1 * 30)
    assert at_given.meta["clock"] == "flow"


def test_the_factor_of_a_loss():
    """Over n points and c outputs nn.MSELoss is 2/c times ours, a sum 2n times."""
    digits = fb.digits(50)
    net = lambda: fb.standard_mlp([64, 8, 10])
    options = {"lr": 1e-3, "steps": 10, "progress": False}
    mean = fb.train(net(), digits, loss=torch.nn.MSELoss(), **options)
    assert mean.t[-1] == pytest.approx(10 * 1e-3 * 2 / 10, rel=1e-3)
    total = fb.train(net(), digits, loss=torch.nn.MSELoss(reduction="sum"), **options)
    assert total.t[-1] == pytest.approx(10 * 1e-3 * 2 * 50, rel=1e-3)


@pytest.mark.parametrize(
    "loss",
    [
        torch.nn.HuberLoss(),
        torch.nn.L1Loss(),
        lambda f, y: torch.linspace(0, 1, len(y)) @ (f - y).square().sum(dim=1),
        lambda f, y: (f - y).square().mean() + 0.1 * f.mean(),
        lambda f, y: -torch.nn.MSELoss()(f, y),
    ],
)
def test_other_losses_count_steps(loss):
    run = quick(loss=loss, lr=1e-3, steps=5)
    assert run.meta["clock"] == "steps" and run.t[-1] == 5
    assert run.loss[0] == pytest.approx(0.5)  # the plain loss of sin x + sin 3x


def test_the_mean_square_is_no_multiple_where_points_weigh_differently():
    uneven = dataclasses.replace(TARGET, weights=np.arange(1, 33) / (33 * 16))
    run = fb.train(
        fb.mlp(width=64), uneven, loss=torch.nn.MSELoss(), lr=0.1, steps=5, batch=1
    )
    assert run.meta["clock"] == "steps"


def test_a_rate_for_another_loss_is_the_largest_stable_one_halved():
    """Cross-entropy at equal odds has the curvature (1 - 1/c) / c, about the mean's."""
    net = fb.mlp(inputs=64, outputs=10, width=64)
    loss = torch.nn.CrossEntropyLoss()
    run = fb.train(net, fb.digits(50), loss=loss, steps=20, progress=False)
    assert np.all(np.diff(run.meta["trained_loss"]) < 0)
    plain = 1 / fb.largest_rate(net, fb.digits(50))
    assert run.meta["lr"] > 2 * plain


def test_a_full_batch_is_no_batch():
    whole, batch = quick(lr=0.1), quick(lr=0.1, batch=32)
    np.testing.assert_allclose(batch.error, whole.error, atol=1e-5)
    assert batch.meta["batch"] == 32


def test_batches_depend_on_their_seed():
    runs = [quick(lr=0.1, batch=5, seed=s) for s in (1, 1, 2)]
    np.testing.assert_array_equal(runs[0].error, runs[1].error)
    assert not np.allclose(runs[0].error, runs[2].error)
    assert runs[0].t[-1] == pytest.approx(3.0)


def test_an_epoch_of_batches_sees_every_point_once():
    seen = []

    class Watched(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = fb.mlp(width=16)

        def forward(self, x):
            if self.training and torch.is_grad_enabled():
                seen.append(x[:, 0].tolist())
            return self.net(x)

    quick(Watched(), lr=0.1, batch=10, steps=8)
    assert [len(rows) for rows in seen] == [10, 10, 10, 2, 10, 10, 10, 2, 10]
    for epoch in (seen[:4], seen[4:8]):
        np.testing.assert_allclose(
            np.sort(sum(epoch, [])), np.sort(BASIS.inputs[:, 0]), atol=1e-7
        )


def test_the_loss_of_batches_is_right_on_average():
    """Over many seeds the first step is that of the full batch, uneven weights too."""
    weights = np.arange(1, 33) / (33 * 16)
    uneven = dataclasses.replace(TARGET, weights=weights)

    def first_step(**batch):
        net = fb.mlp(width=16).double()
        options = {"lr": 1e-3, "steps": 1, "records": 2, "progress": False}
        run = fb.train(net, uneven, **options, **batch)
        return run.error[1] - run.error[0]

    whole = first_step()
    steps = np.array([first_step(batch=8, seed=s) for s in range(400)])
    spread = steps.std(axis=0) / 20
    assert np.all(np.abs(steps.mean(axis=0) - whole) < 5 * spread + 1e-12)
    assert np.abs(steps.mean(axis=0) - whole).max() < 0.1 * np.abs(whole).max()


def in_parts(*middle):
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(2, 16), *middle, torch.nn.Tanh(), torch.nn.Linear(16, 1)
    ).double()


@pytest.mark.parametrize("batch", [None, 8])
def test_what_is_recorded_is_the_network_in_evaluation_mode(batch):
    """The last record is what evaluation mode says, and training went on in its own."""
    norm, drop = torch.nn.BatchNorm1d(16), torch.nn.Dropout(0.3)
    net = in_parts(norm, drop)
    run = quick(net, batch=batch, lr=0.01, steps=20, keep_outputs=True)
    assert norm.training and drop.training
    assert norm.num_batches_tracked == 21  # the 20 steps, and what the last one gives
    net.eval()
    with torch.no_grad():
        output = net(torch.tensor(BASIS.inputs))[:, 0]
    at_last = 0.5 * BASIS.weights @ (run.meta["outputs"][-1] - TARGET.values) ** 2
    assert run.loss[-1] == pytest.approx(at_last, rel=1e-12)
    assert run.meta["outputs"][0].shape == output.shape


def test_the_last_record_is_the_network_that_is_left():
    net = in_parts(torch.nn.Dropout(0.5))
    run = quick(net, lr=0.01, keep_outputs=True)
    with torch.no_grad():
        output = net.eval()(torch.tensor(BASIS.inputs))[:, 0]
    np.testing.assert_array_equal(run.meta["outputs"][-1], output)


def test_how_often_one_looks_changes_no_step():
    nets = [in_parts(torch.nn.BatchNorm1d(16), torch.nn.Dropout(0.5)) for _ in "ab"]
    for net, records in zip(nets, (2, 30)):
        torch.manual_seed(7)
        quick(net, lr=0.01, records=records)
    for p, q in zip(nets[0].state_dict().values(), nets[1].state_dict().values()):
        assert torch.equal(p, q)


def test_a_network_in_evaluation_mode_is_trained_in_it():
    net = in_parts(torch.nn.Dropout(0.5)).eval()
    plain = torch.nn.Sequential(*in_parts())
    np.testing.assert_array_equal(quick(net, lr=0.1).error, quick(plain, lr=0.1).error)
    assert not net.training


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("optimizer", ["gd", "momentum", torch.optim.AdamW])
def test_training_takes_gradients_wherever_it_is_called(context, optimizer):
    net = fb.mlp(width=16)
    with context():
        run = quick(net, optimizer=optimizer)
    expected = quick(fb.mlp(width=16), optimizer=optimizer)
    np.testing.assert_array_equal(run.error, expected.error)


def test_a_loss_with_a_term_of_its_own():
    """A network's error at the boundary beside that of its derivative: u' = cos kx,
    u(0) = 0, solved by sin. No learning rate follows from the prediction, nor a time.
    """
    net = fb.standard_mlp([1, 32, 1], seed=2).double()
    slope = fb.Derivative(net)
    line = fb.interval(32)
    target = fb.on_basis(line, np.cos(line.points))
    start = torch.zeros(1, 1, dtype=torch.float64)

    def loss(f, y):
        return (f - y).square().mean() + net(start).square().sum()

    options = {"steps": 1500, "progress": False, "loss": loss}
    with pytest.raises(ValueError, match="trains more than the prediction.*pass lr"):
        fb.train(slope, target, **options)
    run = fb.train(slope, target, optimizer="adam", lr=1e-2, **options)
    assert run.meta["clock"] == "steps"
    assert fb.train(slope, target, lr=1e-3, **options | {"steps": 2}).t[-1] == 2
    found = net(torch.tensor(line.inputs))[:, 0].detach()
    np.testing.assert_allclose(found, np.sin(line.points), atol=0.05)


def test_tokens_train_as_whole_numbers():
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Embedding(9, 2), torch.nn.Flatten(), torch.nn.Linear(4, 1)
    )
    texts = fb.Target([[1, 2], [3, 4], [5, 6], [7, 8]], [0, 1, 2, 3])
    for batch in (None, 2):
        run = fb.train(net, texts, steps=100, batch=batch, progress=False)
        assert run.loss[-1] < 1e-2 * 1.6


def test_attention_has_a_default_rate():
    """Which needs second derivatives, of which the fast kernels have none."""
    torch.manual_seed(0)
    block = torch.nn.TransformerEncoderLayer(4, 2, 4, batch_first=True, dropout=0.0)
    net = torch.nn.Sequential(
        torch.nn.Unflatten(1, (2, 1)),
        torch.nn.Linear(1, 4),
        block,
        torch.nn.Flatten(),
        torch.nn.Linear(8, 1),
    )
    run = quick(net)
    assert run.loss[-1] < run.loss[0]


def test_inputs_without_an_axis_are_a_column():
    points = np.linspace(-1, 1, 8)
    runs = [
        fb.train(fb.mlp(1, 16), fb.Target(x, points**2), steps=5, progress=False)
        for x in (points, points[:, None])
    ]
    np.testing.assert_array_equal(runs[0].error, runs[1].error)
    for name, bad in (("inputs", [np.nan, 0]), ("values", [0, np.inf])):
        with pytest.raises(ValueError, match=f"{name} holds 1 entry"):
            fb.Target(**{"inputs": [0, 1], "values": [0, 1], name: bad})


def test_a_first_loss_beyond_the_number_type_is_one_sentence():
    tall = fb.on_basis(BASIS, 1e25 * TARGET.values)
    with pytest.raises(ValueError, match="loss is inf before any training"):
        fb.train(fb.mlp(width=8), tall)
    net = torch.nn.Linear(2, 1).double()
    run = fb.train(net, tall, steps=3, progress=False)
    assert run.loss[-1] < run.loss[0] == pytest.approx(5e49)


def test_a_loss_that_is_not_finite_in_the_first_step_is_a_divergence():
    weights = np.full(32, 1e38)
    tall = fb.on_basis(BASIS, 1e10 * TARGET.values)
    net = fb.mlp(width=8)
    before = net.plus.layers[0].weight.clone()
    with pytest.warns(UserWarning, match="diverged at step 0"):
        run = fb.train(net, tall, mode_weights=weights, lr=0.1, progress=False)
    assert len(run.t) == 1 and run.meta["put_back"] == 0
    assert torch.equal(net.plus.layers[0].weight, before)


class TwoWays(torch.nn.Module):
    """Another kind of output in training, as networks with helper losses have."""

    def __init__(self):
        super().__init__()
        self.net = fb.mlp(width=8)

    def forward(self, x):
        return (self.net(x), x) if self.training else self.net(x)


def made_without_gradients():
    with torch.inference_mode():
        return fb.mlp(width=8)


def a_probe(found):
    probe = lambda prediction, values: found
    probe.modes = np.zeros(2)
    return probe


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: quick(TwoWays()), "does not train.*returns a tuple"),
        (lambda: quick(torch.nn.LSTM(2, 1)), r"returns net\(x\)\[0\]"),
        (lambda: quick(made_without_gradients()), "made under torch.inference_mode"),
        (lambda: quick(fb.mlp(width=8).half()), "of type float16"),
        (lambda: quick(fb.mlp(width=8).to("meta")), "device 'meta'"),
        (lambda: quick(fb.mlp(width=8).requires_grad_(False)), "unfreeze"),
        (lambda: quick(torch.sin), "expected a torch.nn.Module"),
        (lambda: fb.train(None, TARGET), "net is a NoneType"),
        (lambda: fb.train(fb.mlp(width=8), None), "target is None"),
        (lambda: fb.train(fb.mlp(width=8), TARGET.values), "expected a Target"),
        (
            lambda: quick(in_parts(torch.nn.BatchNorm1d(16)), batch=1, lr=0.1),
            "does not train on inputs of shape .*more than 1 value per channel",
        ),
        (lambda: quick(probe=3), "probe is 3"),
        (lambda: quick(probe=a_probe([1.0])), r"probe has shape \(1,\)"),
        (lambda: quick(probe=a_probe([1.0, np.nan])), "probe holds"),
        (lambda: quick(schedule=0.5), "schedule is 0.5"),
        (lambda: quick(optimizer=torch.nn.Linear), "optimizer makes none"),
        (lambda: quick(optimizer=torch.optim.SparseAdam), "optimizer does not step"),
        (lambda: quick(steps=10**12), "steps is 1000000000000"),
        (lambda: quick(momentum=1.5), "momentum is 1.5; expected a number from 0"),
        (lambda: quick(threads=10**9), "threads is 1000000000"),
        (lambda: quick(mode_weights=np.full(32, 1e38)), "beyond what torch.float32"),
        (lambda: fb.mlp(width=10**12), "asks for .* weights"),
        (lambda: fb.mlp(inputs=10**18), "asks for .* weights"),
        (lambda: fb.mlp(depth=10**6), "depth is 1000000"),
        (lambda: fb.siren([1, 10**8, 10**8, 1]), "asks for .* weights"),
        (lambda: fb.standard_mlp(None), "sizes is None"),
        (lambda: fb.siren([1]), "sizes has length 1"),
        (lambda: fb.standard_mlp([2] * 1001), "sizes has length 1001"),
        (lambda: fb.nets.even_units(10**13), "asks for .* weights"),
        *[
            (lambda make=make, seed=seed: make(seed), "seed is")
            for make in (
                lambda seed: fb.mlp(width=2, seed=seed),
                lambda seed: fb.siren([1, 2, 1], seed=seed),
                lambda seed: fb.standard_mlp([1, 2, 1], seed=seed),
            )
            for seed in (2**64, -1, 0.5, None)
        ],
    ],
)
def test_what_cannot_be_trained_or_made_is_one_sentence(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


def rescaled():
    net = fb.mlp(width=8)
    net.plus.layers[0].scale *= 2
    net.minus.layers[0].scale *= 2
    return net


def rebuilt(make):
    net = fb.standard_mlp([2, 8, 1])
    net.layers[0] = make(net.layers[0])
    return net


@pytest.mark.parametrize(
    "net",
    [
        rescaled,
        lambda: rebuilt(torch.nn.utils.parametrizations.weight_norm),
        lambda: rebuilt(lambda layer: torch.nn.Sequential(layer)),
        lambda: rebuilt(lambda layer: prune.l1_unstructured(layer, "weight", 3)),
        lambda: fb.mlp().requires_grad_(False),
        lambda: None,
        lambda: torch.nn.Linear(2, 1),
    ],
)
def test_a_kernel_that_is_not_known_is_one_sentence(net):
    with pytest.raises(ValueError) as caught:
        fb.ntk_of(net())
    assert "\n" not in str(caught.value) and "net" in str(caught.value)


def test_fourier_features_take_points_in_any_arrangement():
    """(B, N, d) as (B N, d), and frequencies in any layout."""
    w = np.random.default_rng(0).normal(size=(6, 3))
    net = fb.FourierFeatures(w, torch.nn.Linear(12, 2))
    x = torch.randn(4, 5, 3)
    torch.testing.assert_close(net(x), net(x.reshape(20, 3)).reshape(4, 5, 2))
    expected = fb.FourierFeatures(w[::-1].copy()).frequencies
    for form in (
        w[::-1],
        w[::-1].tolist(),
        torch.tensor(w[::-1].copy(), requires_grad=True),
    ):
        found = fb.FourierFeatures(form).frequencies
        assert torch.equal(found, expected) and not found.requires_grad


def test_the_default_rate_of_batches_is_stable():
    run = quick(batch=2, steps=500)
    assert run.meta["lr"] < quick(steps=1).meta["lr"]
    assert run.loss[-1] < run.loss[0]


def test_mode_weights_change_what_is_learned_first():
    weights = np.where(BASIS.modes == 3, 200.0, 1.0)
    plain, turned = quick(steps=400), quick(steps=400, mode_weights=weights)
    slow_1, fast_3 = fb.learning_times(turned, 0.5, [1, 3])
    fast_1, slow_3 = fb.learning_times(plain, 0.5, [1, 3])
    assert fast_1 < slow_3 and fast_3 < slow_1


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


class Interrupted(torch.nn.Module):
    """A network that is interrupted in one of its forward passes."""

    def __init__(self, when):
        super().__init__()
        self.net = fb.mlp(width=16)
        self.calls = 0
        self.when = when

    def forward(self, x):
        self.calls += 1
        if self.calls == self.when:
            raise KeyboardInterrupt
        return self.net(x)


@pytest.mark.parametrize("lr", [None, 0.1])
@pytest.mark.parametrize("when", [2, 3, 4])
def test_interrupting_the_first_steps_keeps_the_start(when, lr):
    """While the learning rate is looked for, in the first step or just after."""
    run = quick(Interrupted(when), lr=lr)
    assert run.t[0] == 0 and len(run.t) == 1 + run.meta["interrupted"] <= 3
    np.testing.assert_allclose(run.error[0], -TARGET.coefficients, atol=1e-6)


def test_interrupting_before_there_is_anything_is_an_interruption():
    with pytest.raises(KeyboardInterrupt):
        quick(Interrupted(1))


@pytest.mark.parametrize("call", range(1, 16))
def test_interrupting_in_the_loss_keeps_what_is_there(call):
    """At any call: before the first outputs it raises and the network is unchanged."""
    calls = []

    def loss(f, y):
        calls.append(1)
        if len(calls) == call:
            raise KeyboardInterrupt
        return (f - y).square().mean()

    net = fb.mlp(width=16)
    before = net.plus.layers[0].weight.clone()
    try:
        run = quick(net, loss=loss, lr=0.1)
    except KeyboardInterrupt:
        assert torch.equal(net.plus.layers[0].weight, before)
        return
    assert run.t[0] == 0 and run.meta["interrupted"] <= 3
    np.testing.assert_allclose(run.error[0], -TARGET.coefficients, atol=1e-6)


def test_interrupting_from_outside():
    """As Jupyter's stop button does: a signal to the main thread during the loop."""
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
    generator = torch.Generator().manual_seed(0)
    x = 2 * torch.rand(512, 2, generator=generator) - 1
    sizes = []
    for layer in net.layers[:-1]:
        x = torch.sin(layer(x))
        sizes.append(x.std().item())
    np.testing.assert_allclose(sizes, 0.5**0.5, rtol=0.05)


def test_siren_depends_on_its_seed_alone():
    one, other = (fb.siren([1, 4, 1], seed=3).layers[0] for _ in range(2))
    assert torch.equal(one.weight, other.weight)


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
        (lambda: fb.mlp(activation="rellu"), "nearest of them relu"),
        (lambda: fb.mlp(weight_std=float("nan")), "weight_std is nan"),
        (lambda: fb.mlp(depth=1), "depth is 1"),
        (lambda: fb.standard_mlp([3]), "at least an input"),
        (lambda: fb.FourierFeatures([]), "frequencies is empty"),
        (lambda: fb.FourierFeatures(np.ones((1, 1, 1))), "frequencies has shape"),
        (lambda: fb.FourierFeatures([1.0], abs), "hidden is a builtin_function"),
        (
            lambda: fb.FourierFeatures([1.0], torch.nn.Linear(2, 1), ([1.0], [1.0])),
            "outer is given beside hidden",
        ),
        (
            lambda: fb.FourierFeatures([1.0, 2.0], outer=([1.0], [1.0, 2.0])),
            "outer is .* not an array",
        ),
        (lambda: fb.siren([1, 4, 1], omega=0), "omega is 0"),
        (lambda: quick(lr=-1), "lr is -1"),
        (lambda: quick(lr=float("inf")), "lr is inf"),
        (lambda: quick(steps=0), "steps is 0"),
        (lambda: quick(optimizer="sgdd"), "optimizer is 'sgdd'"),
        (lambda: quick(optimizer=torch.optim.LBFGS), "LBFGS"),
        (lambda: quick(optimizer=lambda p: 3), "optimizer makes a int"),
        (
            lambda: quick(optimizer=torch.optim.SGD(fb.mlp().parameters(), lr=0.1)),
            "parameters that net does not have",
        ),
        (
            lambda: quick(optimizer=lambda p: torch.optim.SGD(p, lr=0.1), lr=0.1),
            "leave lr out",
        ),
        (lambda: quick(loss="mse"), "loss is 'mse'"),
        (lambda: quick(loss=torch.nn.MSELoss(reduction="none")), "loss returns shape"),
        (lambda: quick(loss=lambda f, y: 0.0), "loss returns a float"),
        (lambda: quick(loss=lambda f, y: y @ y), "loss does not take"),
        (lambda: quick(loss=lambda f, y: (f - y).sum() / 0), "before any training"),
        (lambda: quick(loss=torch.nn.L1Loss()), "pass lr"),
        (
            lambda: quick(loss=torch.nn.MSELoss(), mode_weights=np.ones(32)),
            "both given",
        ),
        (lambda: quick(batch=33), "batch is 33"),
        (lambda: quick(batch=0), "batch is 0"),
        (lambda: quick(batch=4, mode_weights=np.ones(32)), "both given"),
        (lambda: quick(seed=-1), "seed is -1"),
        (lambda: quick(schedule=lambda step: -1.0), "schedule returns -1"),
        (lambda: quick(schedule=lambda step: float("nan")), "schedule holds"),
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
            lambda: fb.plot.curves([1], {}, xlabel="", ylabel="", alt=""),
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


def test_histories_and_optimizers_pickle():
    run = quick(steps=3)
    again = pickle.loads(pickle.dumps(run))
    np.testing.assert_array_equal(again.error, run.error)
    assert again.meta == run.meta
    for record in OPTIMIZERS.values():
        assert pickle.loads(pickle.dumps(record)) == record
