"""Pictures with their words."""

import html
import re

import numpy as np
import pytest

import fbkit as fb


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
