"""Filters in many dimensions, and pictures with their words."""

import html
import re

import numpy as np
import pytest

import fbkit as fb
from fbkit.observe import low_pass


def test_filter_keeps_constants_and_limits():
    x = np.random.default_rng(0).normal(size=(40, 3))
    np.testing.assert_allclose(low_pass(x, 0.7) @ np.ones(40), 1)
    np.testing.assert_allclose(
        low_pass(x, 1e-9), np.eye(40), atol=1e-12
    )  # no smoothing
    np.testing.assert_allclose(low_pass(x, 1e12), 1 / 40, atol=1e-9)  # all averaged


def test_filter_damps_a_wave_by_its_known_factor():
    """On a fine line, exp(-delta k^2 / 2) is what a Gaussian of variance delta leaves
    of cos kx.
    """
    x = np.linspace(-20, 20, 2001)[:, None]
    wave = np.cos(3 * x[:, 0])
    middle = slice(800, 1200)
    smoothed = (low_pass(x, 0.1) @ wave)[middle]
    np.testing.assert_allclose(smoothed, np.exp(-0.1 * 9 / 2) * wave[middle], atol=1e-6)


def test_filter_errors_tell_low_from_high():
    target = fb.digits(300)
    y, g = target.values, low_pass(target.inputs, 1.0)
    low, high, share = fb.filter_errors(
        np.stack([0 * y, g @ y, y]), target, 1.0, remove_mean=False
    )
    assert low[0] == pytest.approx(1) and high[0] == pytest.approx(1)
    assert low[1] < high[1]  # the smoothed labels are right in the low part first
    assert low[2] == pytest.approx(0, abs=1e-12) and high[2] == pytest.approx(
        0, abs=1e-12
    )
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


@pytest.fixture(scope="module")
def run():
    return fb.train(
        fb.mlp(width=64), fb.sines(fb.circle(16), [1, 3]), steps=300, progress=False
    )


def pictures(run):
    target = fb.sines(fb.circle(16), [1, 3])
    return [
        fb.plot.decay(run),
        fb.plot.heat(run),
        fb.plot.fit(target, run),
        fb.plot.spectrum(target.basis, target=target.values),
        fb.plot.curves(
            [1, 2], {"a": [1, np.nan]}, xlabel="x", ylabel="y", finding="a stops"
        ),
        fb.plot.images(
            {"up": [[1, 2], [3, 4]], "down": [[4, 3], [2, 1]]},
            finding="down is up reversed",
            signed=True,
        ),
    ]


def test_every_picture_has_words_numbers_and_its_own_ids(run):
    pages = [p._repr_mimebundle_()["text/html"] for p in pictures(run)]
    ids = [set(re.findall(r'\bid="([^"]+)"', page)) for page in pages]
    for picture, page in zip(pictures(run), pages):
        assert (
            f'aria-label="{html.escape(picture.alt)}"' in page and len(picture.alt) > 5
        )
        assert "<details>" in page and len(picture.rows) > 0
        assert len(picture.header) == len(picture.rows[0])
        assert "#010203" not in page and len(page) < 120_000
        for used in re.findall(r"url\(#([^)]+)\)", page):
            assert used in ids[pages.index(page)]
    assert not set.intersection(*ids)


def test_pictures_are_reproducible(run):
    one, two = (fb.plot.decay(run).svg for _ in range(2))
    assert one == two


def test_decay_reports_what_happened(run):
    times = fb.learning_times(run, frequencies=[1, 3])
    assert (
        f"frequency 1 stays below 20 % from {times[0]:.4g}"
        in fb.plot.decay(run, frequencies=[1, 3]).alt
    )


def test_fit_is_rebuilt_exactly(run):
    target = fb.sines(fb.circle(16), [1, 3])
    drawn = fb.plot.fit(target, run).figure.axes[0].lines[1].get_ydata()
    np.testing.assert_allclose(drawn, 0, atol=1e-6)  # the network starts at zero


def test_fit_needs_the_same_basis(run):
    with pytest.raises(ValueError, match="train with probe"):
        fb.plot.fit(fb.sines(fb.circle(32), [1]), run)


def test_images_need_one_shape():
    with pytest.raises(ValueError, match="different shapes"):
        fb.plot.images({"a": [[1, 2]], "b": [[1]]}, finding="a and b")
    with pytest.raises(ValueError, match="or none"):
        fb.plot.images({}, finding="nothing")
