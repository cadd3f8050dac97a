"""Pictures with their words."""

import html
import re

import numpy as np
import pytest

import fbkit as fb


@pytest.fixture(scope="module")
def run():
    target = fb.sines(fb.circle(16), [1, 3])
    return fb.train(fb.mlp(width=64), target, steps=300, progress=False)


LABELS = {"xlabel": "x", "ylabel": "y"}


def pictures(run):
    target = fb.sines(fb.circle(16), [1, 3])
    gap = {"a": [1, np.nan]}
    two = {"up": [[1, 2], [3, 4]], "down": [[4, 3], [2, 1]]}
    return [
        fb.plot.decay(run),
        fb.plot.heat(run),
        fb.plot.fit(target, run),
        fb.plot.spectrum(target.basis, target=target.values),
        fb.plot.curves([1, 2], gap, alt="a stops", **LABELS),
        fb.plot.images(two, alt="down is up reversed", signed=True),
    ]


def test_every_picture_has_words_numbers_and_its_own_ids(run):
    pages = [p._repr_mimebundle_()["text/html"] for p in pictures(run)]
    ids = [set(re.findall(r'\bid="([^"]+)"', page)) for page in pages]
    for picture, page in zip(pictures(run), pages):
        assert f'aria-label="{html.escape(picture.alt)}"' in page
        assert len(picture.alt) > 5
        assert "<details>" in page and len(picture.rows) > 0
        assert len(picture.header) == len(picture.rows[0])
        assert "#010203" not in page and len(page) < 120_000
        for used in re.findall(r"url\(#([^)]+)\)", page):
            assert used in ids[pages.index(page)]
    assert not set.intersection(*ids)


def test_pictures_are_reproducible(run):
    assert fb.plot.decay(run).svg == fb.plot.decay(run).svg


def test_decay_reports_what_happened(run):
    times = fb.learning_times(run, frequencies=[1, 3])
    says = fb.plot.decay(run, frequencies=[1, 3]).alt
    assert f"frequency 1 stays below 20 % from {times[0]:.4g}" in says


def test_decay_calls_a_mode_by_its_name(run):
    picture = fb.plot.decay(run, frequencies=[1], name="degree")
    assert picture.header == ("run", "t", "degree 1")
    assert "for degrees 1: degree 1 stays below" in picture.alt


def test_fit_is_rebuilt_exactly(run):
    target = fb.sines(fb.circle(16), [1, 3])
    drawn = fb.plot.fit(target, run).figure.axes[0].lines[1].get_ydata()
    np.testing.assert_allclose(drawn, 0, atol=1e-6)  # the network starts at zero


def test_fit_shows_the_records_nearest_to_the_times_asked_for(run):
    target = fb.sines(fb.circle(16), [1, 3])
    header = fb.plot.fit(target, run, t=[run.t[2], run.t[-1] + 1]).header
    assert header[2:] == (f"t = {run.t[2]:.4g}", f"t = {run.t[-1]:.4g}")


def test_of_many_curves_dots_take_the_colours_of_the_lines():
    lines = {name: [1, 2] for name in "abcdef"}
    picture = fb.plot.curves([1, 2], lines, markers="bdf", alt="pairs", **LABELS)
    drawn = picture.figure.axes[0].lines
    colours = [line.get_color() for line in drawn]
    assert colours[0::2] == colours[1::2]
    assert [line.get_marker() for line in drawn] == ["None", "o"] * 3


@pytest.mark.parametrize("markers", ["", "a"])
def test_several_runs_are_drawn_as_their_mean_and_spread(markers):
    runs = {"a": [[1, 10], [3, 30]]}
    picture = fb.plot.curves([1, 2], runs, alt="a", markers=markers, **LABELS)
    assert [row[1] for row in picture.rows] == [2, 20]
    (drawn,) = picture.figure.axes[0].collections  # a band, or bars
    heights = np.concatenate([path.vertices[:, 1] for path in drawn.get_paths()])
    assert {1, 3, 10, 30} <= set(heights.tolist())


def test_curves_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match="one value per x"):
        fb.plot.curves([1, 2], {"a": [1, 2, 3]}, alt="a", **LABELS)
    with pytest.raises(ValueError, match="did you mean 'log'"):
        fb.plot.curves([1, 2], {"a": [1, 2]}, alt="a", yscale="logs", **LABELS)


def test_fit_needs_the_same_basis(run):
    with pytest.raises(ValueError, match="train with probe"):
        fb.plot.fit(fb.sines(fb.circle(32), [1]), run)


def test_blocks_of_an_image_are_named_at_their_middle():
    shown = fb.plot.images({"a": np.eye(6)}, alt="a", labels=["x", "y", "z"])
    (place,) = shown.figure.axes[0].child_axes
    assert list(place.get_xticks()) == list(place.get_yticks()) == [0.5, 2.5, 4.5]
    assert [text.get_text() for text in place.get_yticklabels()] == ["x", "y", "z"]


def test_images_need_one_shape():
    with pytest.raises(ValueError, match="different shapes"):
        fb.plot.images({"a": [[1, 2]], "b": [[1]]}, alt="a and b")
    with pytest.raises(ValueError, match="or none"):
        fb.plot.images({}, alt="nothing")


def test_no_drawing_is_finer_than_a_screen(run):
    for picture in pictures(run):
        places = re.findall(r' (?:d|x|y)="([^"]*)"', picture.svg)
        assert places and not re.search(r"\.\d{3}", " ".join(places))


def test_fit_joins_points_of_ones_own_from_left_to_right():
    basis = fb.circle([2.0, -1.0, 0.5, -2.5], 1)
    target = fb.on_basis(basis, np.sin(basis.points))
    error = [-target.coefficients, 0 * target.coefficients]
    record = fb.History([0, 1], basis.modes, error, [1, 0])
    drawn = fb.plot.fit(target, record).figure.axes[0].lines
    for line in drawn:
        assert np.all(np.diff(line.get_xdata()) > 0)
    np.testing.assert_allclose(drawn[0].get_ydata(), np.sin(drawn[0].get_xdata()))
    np.testing.assert_allclose(drawn[-1].get_ydata(), np.sin(drawn[-1].get_xdata()))


ZERO_AT_THE_START = fb.History([0, 1], [1, 2], [[1, 0], [0.5, 0.1]], [1, 1])


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: fb.plot.decay(ZERO_AT_THE_START, frequencies=[2]), "frequency 2 is 0"),
        (lambda: fb.plot.decay(ZERO_AT_THE_START, below=2), "at most 1"),
        (lambda: fb.plot.decay("run"), "expected a History"),
        (lambda: fb.plot.heat(fb.History([0], [1], [[1]], [1])), "two times"),
        (lambda: fb.plot.heat(fb.History([0, 1], [1], [[0], [0]], [0, 0])), "error at"),
        (lambda: fb.plot.heat(ZERO_AT_THE_START, 0.5), "below the lowest frequency, 1"),
        (lambda: fb.plot.spectrum(fb.circle(4), y=np.zeros(4)), "y is 0"),
        (lambda: fb.plot.spectrum(fb.circle(4), y=np.eye(4)), "1 axis"),
        (lambda: fb.plot.spectrum(None, y=np.ones(4)), "basis is None"),
        (
            lambda: fb.plot.fit(
                fb.on_basis(fb.interval(4, extension="odd"), np.ones(4)),
                fb.History([0], fb.circle(4).modes, [np.ones(4)], [1]),
            ),
            "recorded in the target's basis",
        ),
        (
            lambda: fb.plot.fit(
                fb.on_basis(fb.plane(2, 2), np.ones(4)),
                fb.History([0], fb.plane(2, 2).modes, [np.ones(4)], [1]),
            ),
            "along a line",
        ),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)
