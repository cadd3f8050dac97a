"""What the Radon picture of four units must say about the network."""

import numpy as np
import pytest

from fbkit.breaklines import radon_parameters
from fbkit.chapters.radon_spline import claims
from fbkit.chapters.radon_spline.descent import descend, lift
from fbkit.explorers import registry

EXPLORER = registry()["radon_spline"]


@pytest.mark.parametrize("scale", [0.4, 1, 3])
def test_the_dots_are_those_of_the_stored_weights_and_give_the_function(scale):
    arrays = EXPLORER.arrays(EXPLORER.check({"scale": scale, "x": -0.3}))
    turn = np.radians(arrays["angle"])
    weights = arrays["w"][:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    units = radon_parameters(arrays["a"], weights, arrays["b"])
    np.testing.assert_allclose(units.offset, arrays["offset"], atol=1e-12)
    np.testing.assert_allclose(units.mass, arrays["magnitude"], atol=1e-12)
    for value, wave, reach in zip(arrays["walk"], arrays["wave"], arrays["reach"]):
        heights = np.interp(arrays["angle"], arrays["turn"], wave) - arrays["offset"]
        found = units.mass @ np.maximum(heights, 0)
        assert found == pytest.approx(value, abs=5e-3)  # of a drawn wave
        drawn = reach - arrays["offset"]
        np.testing.assert_allclose(drawn, np.maximum(heights, 0), atol=5e-3)


def test_the_function_bends_where_the_wave_passes_a_dot():
    arrays = EXPLORER.arrays(EXPLORER.check({}))
    bent = np.abs(np.diff(arrays["walk"], 2)) > 1e-9
    above = np.sign(arrays["wave"][:, [70, 105, 27, 53]] - arrays["offset"])
    assert np.count_nonzero(np.diff(above, axis=0)) == arrays["bends"][0] == 3
    runs = np.count_nonzero(np.diff(bent.astype(int)) == 1)
    assert runs == 3


def test_only_tanh_sees_the_scale():
    def heights(sigma, scale):
        return EXPLORER.arrays(EXPLORER.check({"sigma": sigma, "scale": scale}))[
            "height"
        ]

    assert np.abs(heights("relu", 3) - heights("relu", 1)).max() < 1e-12
    assert np.abs(heights("tanh", 3) - heights("tanh", 1)).max() > 0.3


def test_a_step_of_descent_is_that_of_autograd():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    data = rng.normal(size=5), rng.normal(size=(5, 3)), rng.normal(size=(7, 2))
    y = rng.normal(size=7)
    a, W, X = (torch.tensor(v) for v in (data[0], data[1], lift(data[2])))
    a.requires_grad_(), W.requires_grad_()
    loss = torch.square(torch.relu(X @ W.T) @ a - torch.tensor(y)).mean() / 2
    loss.backward()
    outer, inner, losses = descend(*data, y, 1, 0.1, 0.3)
    np.testing.assert_allclose(outer, data[0] - 0.1 * a.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(inner, data[1] - 0.3 * W.grad.numpy(), atol=1e-12)
    assert losses[0] == pytest.approx(loss.item())


@pytest.mark.parametrize("scale", [0.5, 3])
def test_the_kernel_of_many_units_is_that_of_a_wide_network(scale):
    a, W = claims.mirrored(20_000, 1, seed=0)
    u = lift(claims.sample()[0])
    z = u @ (scale * W).T
    on, active = 1.0 * (z > 0), np.maximum(z, 0)
    found = active @ active.T + (on * (a / scale) ** 2) @ on.T * (u @ u.T)
    expected = claims.limit_kernel(scale)
    np.testing.assert_allclose(found, expected, atol=0.03 * expected.max())


def test_the_closed_form_of_the_recipe_is_that_of_its_frequencies():
    grid = np.arange(-12, 12, 0.002)
    xi = 2 * np.pi * np.fft.rfftfreq(len(grid), 0.002)
    sums = (2 * np.pi) ** 0.5 * claims.WIDTH * np.exp(-((grid / claims.WIDTH) ** 2) / 2)
    found = -np.fft.irfft(xi**3 * np.fft.rfft(sums)) / (4 * np.pi)
    np.testing.assert_allclose(claims.one_bump(grid), found, atol=1e-4)
