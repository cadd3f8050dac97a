"""What is read off a network: probes, rates, and filters in many dimensions."""

import pickle

import numpy as np
import pytest
import torch

import fbkit as fb
from fbkit.observe import low_pass, total_error

BASIS = fb.circle(32)
TARGET = fb.sines(BASIS, [1, 3])


@pytest.mark.parametrize("probe", [fb.mode_error(BASIS), total_error()])
def test_probes_pickle(probe):
    again = pickle.loads(pickle.dumps(probe))
    y = TARGET.values
    np.testing.assert_array_equal(again(0 * y, y), probe(0 * y, y))
    np.testing.assert_array_equal(again.modes, probe.modes)


def test_mode_errors_are_coefficients_of_the_residual():
    y = TARGET.values
    np.testing.assert_allclose(fb.mode_error(BASIS)(2 * y, y), TARGET.coefficients)


def test_the_total_error_is_the_root_of_all_mode_errors():
    y = TARGET.values
    modes = fb.mode_error(BASIS)(0 * y, y)
    np.testing.assert_allclose(total_error()(0 * y, y), np.linalg.norm(modes))


@pytest.mark.parametrize("probe", [fb.mode_error(BASIS), total_error()])
@pytest.mark.parametrize("values", [TARGET.values, TARGET.values[:, None]])
def test_a_networks_column_is_compared_number_by_number(probe, values):
    """And never with all values at once, which would give (n, n) differences."""
    column = torch.tensor(TARGET.values[:, None], requires_grad=True)
    assert np.abs(probe(column, values)).max() == 0
    twice = probe(2 * column, values)
    np.testing.assert_array_equal(twice, probe(2 * TARGET.values, TARGET.values))
    single = probe(2 * column.float(), torch.as_tensor(values))
    np.testing.assert_allclose(single, twice, atol=1e-6)


@pytest.mark.parametrize("probe", [fb.mode_error(BASIS), total_error()])
@pytest.mark.parametrize("shape", [(31,), (1, 32), (32, 2), (), (32, 1, 1), (1,)])
def test_nothing_is_broadcast_in_a_probe(probe, shape):
    with pytest.raises(ValueError, match="prediction has shape") as caught:
        probe(np.zeros(shape), TARGET.values)
    assert "\n" not in str(caught.value)


def test_rates_of_modes_of_several_numbers():
    """As from the kernel, with both waves of a frequency averaged."""
    basis = fb.plane(4, 4)
    net = fb.mlp(basis.inputs.shape[1], 32).double()
    waves = basis.weights[:, None] * basis.matrix
    quotients = np.diag(waves.T @ fb.empirical_ntk(net, basis.inputs) @ waves)
    asked = np.unique(basis.modes, axis=0)
    expected = [quotients[(basis.modes == k).all(axis=1)].mean() for k in asked]
    np.testing.assert_allclose(fb.mode_rates(net, basis, asked), expected, rtol=1e-9)
    for wrong in ([1], [[1, 2, 3]], [[9, 9]], 1):
        with pytest.raises(ValueError, match="frequenc"):
            fb.mode_rates(net, basis, wrong)


@pytest.mark.parametrize(
    "loss",
    [
        torch.nn.MSELoss(),
        torch.nn.MSELoss(reduction="mean"),
        lambda r: r.square().mean(),
    ],
)
def test_a_loss_of_torch_has_its_own_bound(loss):
    """The mean square is twice ours; just below 2 over its rate it falls, above not."""
    net = lambda: fb.mlp(width=64, activation="linear").double()
    rate = fb.largest_rate(net(), TARGET, loss)
    assert rate == pytest.approx(2 * fb.largest_rate(net(), TARGET), rel=1e-9)
    last = fb.on_basis(BASIS, BASIS.matrix[:, 1])  # the cosine, which it can learn
    options = {"loss": torch.nn.MSELoss(), "steps": 60, "progress": False}
    below = fb.train(net(), last, lr=0.5 * 2 / rate, **options)
    assert below.loss[-1] < below.loss[0]
    with pytest.warns(UserWarning, match="diverged"):
        fb.train(net(), last, lr=8 * 2 / rate, **options | {"steps": 2000})


@pytest.mark.parametrize(
    ("loss", "says"),
    [
        (torch.nn.L1Loss(), "not quadratic"),
        (torch.nn.HuberLoss(), "not quadratic"),
        (lambda r: r, "no gradient by a residual"),
        (lambda r: 3.0, "no gradient by a residual"),
        ("mse", "no gradient by a residual"),
        (lambda f, y: (f - y).square().mean(), "no gradient by a residual"),
    ],
)
def test_a_loss_without_a_largest_rate_is_one_sentence(loss, says):
    with pytest.raises(ValueError, match=says) as caught:
        fb.largest_rate(fb.mlp(width=8), TARGET, loss)
    assert "\n" not in str(caught.value)


def test_several_outputs_have_no_mode_rates():
    with pytest.raises(ValueError, match=r"shape \(32, 2\).*expected one output"):
        fb.mode_rates(fb.mlp(width=8, outputs=2), BASIS, [1])


def test_the_largest_rate_of_a_loss_scales_with_it():
    net = fb.mlp(width=64).double()
    weights = torch.as_tensor(TARGET.weights)
    triple = lambda r: 1.5 * (weights @ r.square()).sum()
    plain = fb.largest_rate(net, TARGET)
    assert fb.largest_rate(net, TARGET, triple) == pytest.approx(3 * plain)


def test_nothing_to_train_is_one_sentence():
    frozen = fb.mlp(width=8).requires_grad_(False)
    for call in (
        lambda: fb.largest_rate(frozen, TARGET),
        lambda: fb.mode_rates(frozen, BASIS, [1]),
    ):
        with pytest.raises(ValueError, match="unfreeze") as caught:
            call()
        assert "\n" not in str(caught.value)


def test_filter_keeps_constants_and_limits():
    x = np.random.default_rng(0).normal(size=(40, 3))
    np.testing.assert_allclose(low_pass(x, 0.7) @ np.ones(40), 1)
    unsmoothed, averaged = low_pass(x, 1e-9), low_pass(x, 1e12)
    np.testing.assert_allclose(unsmoothed, np.eye(40), atol=1e-12)
    np.testing.assert_allclose(averaged, 1 / 40, atol=1e-9)


def test_filter_damps_a_wave_by_its_known_factor():
    """On a fine line a Gaussian of variance v leaves exp(-v k^2 / 2) of cos kx."""
    x = np.linspace(-20, 20, 2001)[:, None]
    wave = np.cos(3 * x[:, 0])
    middle = slice(800, 1200)
    smoothed = (low_pass(x, 0.1) @ wave)[middle]
    np.testing.assert_allclose(smoothed, np.exp(-0.1 * 9 / 2) * wave[middle], atol=1e-6)


def test_filter_errors_tell_low_from_high():
    target = fb.digits(300)
    y = target.values
    smoothed = low_pass(target.inputs, 1.0) @ y
    low, high, share = fb.filter_errors(
        np.stack([0 * y, smoothed, y]), target, 1.0, remove_mean=False
    )
    assert low[0] == pytest.approx(1) and high[0] == pytest.approx(1)
    assert low[1] < high[1]  # the smoothed labels are right in the low part first
    assert max(low[2], high[2]) < 1e-12
    assert 0 < share < 1


def test_mean_is_most_of_the_low_part():
    target = fb.digits(300)
    guess = np.broadcast_to(target.values.mean(axis=0), target.values.shape)
    with_mean, _, _ = fb.filter_errors(guess, target, 2.0, remove_mean=False)
    without, _, _ = fb.filter_errors(guess, target, 2.0)
    assert with_mean[0] < 0.75 and without[0] == pytest.approx(1)


def test_projection_spectrum_finds_a_plane_wave():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4000, 5)) * [10, 1, 1, 1, 1]
    p = (x[:, 0] - x[:, 0].min()) / np.ptp(x[:, 0])
    found = fb.projection_spectrum(x, np.cos(2 * np.pi * 4 * p), np.arange(1, 9))
    assert np.argmax(found) + 1 == 4
