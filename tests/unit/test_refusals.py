"""What doors say that no other test makes them say: each sentence, by a call."""

import numpy as np
import pytest
import torch
from torch import nn

import fbkit as fb
from fbkit import dynamics as dy
from fbkit import pde
from fbkit._errors import needs
from fbkit.basis import degree_energy
from fbkit.kernels import ntk
from fbkit.kernels.spectra import cube_spectrum
from fbkit.training.penalties import hashwh_penalty

LINE = fb.History([0], [1, 2], [[1, 1]], [1])
SPECTRUM = ([0.5, 0.1], [1, 10])
TARGET = fb.sines(fb.circle(8), [1])


def half_frozen():
    net = fb.mlp(width=8)
    next(net.plus.parameters()).requires_grad_(False)
    return net


class Broken(nn.Module):
    """A network whose output for one sample is no number."""

    def __init__(self):
        super().__init__()
        self.whole = fb.mlp(width=8)

    def forward(self, x):
        gap = torch.zeros(len(x), 1)
        gap[-1] = float("nan")
        return self.whole(x) + gap


def features(hidden=None, trained=False):
    net = fb.FourierFeatures(np.eye(2), hidden=hidden)
    net.frequencies.requires_grad_(trained)
    return net


def uneven_first_layer():
    return fb.standard_mlp([3, 8, 1])


def train_by_a_slope(net, target):
    fb.train(net, target, loss=lambda f, y: (f - y).sum(), steps=1, progress=False)


REFUSALS = {
    "high above low": lambda: fb.interval(8, 1, 1),
    "ends to fade towards": lambda: fb.taper(np.ones(8), fb.circle(8)),
    "pass at least two": lambda: degree_energy([1.0], [[1.0, 0.0, 0.0]], 2),
    "expected eigenvalues above 0": lambda: dy.sample_spectrum(
        [0.5, 0.0], *SPECTRUM, 20, 0.1
    ),
    "eigenvalues or multiplicity holds a negative": (
        lambda: dy.effective_train_eigenvalue([0.5, -0.1], [1, 10], 20)
    ),
    "multiplicity holds a negative": lambda: dy.effective_train_eigenvalue(
        [0.5, 0.1], [1, -10], 20
    ),
    "density holds 0": lambda: dy.density_learning_time(3, [0.1, 0.0]),
    "below is 1": lambda: dy.density_learning_time(3, 0.1, below=1.0),
    "momentum is 1": lambda: dy.mode_factor([0.5], "heavy_ball", 1.0),
    "edges must increase": lambda: LINE.bands([4, 2]),
    "edges must increase from above 0": lambda: LINE.bands([0, 2]),
    "sinc has no kernel here at variance": lambda: ntk(
        activation="sinc", weight_std=60.0
    ).gram(np.eye(2)),
    "Fourier features is no function of the angle": (
        lambda: fb.ntk_of(features()).profile(0.0)
    ),
    "build the network with inputs=2": lambda: fb.rates(
        fb.ntk_of(fb.mlp(inputs=3)), fb.circle(8)
    ),
    "which Basis.* does not have between its points": lambda: fb.rates(
        np.cos, fb.interval(8)
    ),
    "profile is not a function": lambda: cube_spectrum(ntk(), 4),
    "two halves of net differ": lambda: fb.ntk_of(half_frozen()),
    "not known here; take a network": lambda: fb.ntk_of(nn.Linear(2, 1)),
    "known here for 1 or 2": lambda: fb.ntk_of(uneven_first_layer()),
    "net trains its frequencies": lambda: fb.ntk_of(features(trained=True)),
    "Fourier features to Fourier features": lambda: fb.ntk_of(
        features(hidden=fb.FourierFeatures(np.ones((3, 4))))
    ),
    "NaN or infinity on these inputs": lambda: fb.empirical_ntk(Broken(), np.eye(2)),
    "too low for a mass of 1": lambda: pde.waterfill(
        np.ones(5), np.linspace(-1, 1, 5), t=1.0, cap=0.1
    ),
    "not symmetric about 0": lambda: pde.frequency_operator(
        np.ones(5), 0.1, np.linspace(0, 1, 5)
    ),
    "spectrum got no signal": lambda: fb.plot.spectrum(fb.circle(8)),
    "no second derivative": lambda: train_by_a_slope(fb.mlp(width=8), TARGET),
    "net returns NaN or infinity": lambda: fb.train(
        Broken(), TARGET, steps=1, progress=False
    ),
    "schedule returns -0.5": lambda: fb.train(
        fb.mlp(width=8),
        TARGET,
        schedule=lambda step: 1 - step / 2,
        steps=4,
        progress=False,
    ),
    "frequencies .* finite numbers": lambda: fb.FourierFeatures([[1.0, float("nan")]]),
    "dim is 1": lambda: fb.kernels.sphere_spectrum(np.cos, 1, 3),
    "no parameter with requires_grad": lambda: fb.train(
        fb.mlp(width=8).requires_grad_(False), TARGET, steps=1, progress=False
    ),
    "expected a module or a function": lambda: hashwh_penalty(3, 5),
    "low is 'no'; expected a finite": lambda: hashwh_penalty(torch.sum, 5, low="no"),
    "low is 1 and high 1": lambda: hashwh_penalty(torch.sum, 5, low=1, high=1),
    "low is 0.* and high inf": lambda: hashwh_penalty(torch.sum, 5, high=float("inf")),
    "expected a power of 2 up to": lambda: hashwh_penalty(torch.sum, 4, 6),
    "power of 2 up to 2.bits, here 2.4": lambda: hashwh_penalty(torch.sum, 4, 32),
    "pass a torch.Generator": lambda: hashwh_penalty(torch.sum, 4, 2, generator=1),
    "net returns torch.float32 .. for": lambda: hashwh_penalty(torch.sum, 4, 2),
    "net returns float for": lambda: hashwh_penalty(lambda z: 1.0, 4, 2),
    "expected real numbers": lambda: hashwh_penalty(lambda z: z[:, 0] > 0, 4, 2),
}


@pytest.mark.parametrize("says", REFUSALS)
def test_a_door_says_why(says):
    with pytest.raises(ValueError, match=says) as caught:
        REFUSALS[says]()
    assert "\n" not in str(caught.value)


def test_a_constant_row_of_a_photograph_is_no_signal():
    with pytest.raises(ValueError, match="is constant over these points"):
        fb.targets._signal(np.ones(4), "a wall", "pixel", np.arange(4), "even")


def test_a_module_that_is_missing_is_named_with_what_brings_it():
    with pytest.raises(ImportError, match=r"no_such is not .*'fbkit\[course\]'"):
        needs("no_such")


def test_a_module_that_misses_another_says_which(tmp_path, monkeypatch):
    module = tmp_path / "half_there.py"
    module.write_text("import not_there_at_all", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match="No module named 'not_there_at_all'"):
        needs("half_there")
