"""Two classes with wrong labels, the stored runs, and the curve through every label."""

import numpy as np
import pytest

from fbkit.chapters.benign_overfitting import claims, runs, twin
from fbkit.chapters.benign_overfitting.explorer import RIGHT, flipped


@pytest.mark.parametrize(
    ("content", "error", "word"),
    [(None, FileNotFoundError, "missing"), (b"PK", ValueError, "damaged")],
)
def test_a_missing_or_damaged_file_is_one_sentence(
    content, error, word, tmp_path, monkeypatch
):
    broken = tmp_path / "runs.npz"
    if content:
        broken.write_bytes(content)
    monkeypatch.setattr(runs, "FILE", broken)
    runs._stored.cache_clear()
    with pytest.raises(error, match=word) as caught:
        runs.load(depth=2)
    runs._stored.cache_clear()
    says = str(caught.value)
    assert "python -m fbkit.chapters.benign_overfitting.runs" in says
    assert "\n" not in says


def test_an_unknown_column_is_one_sentence():
    with pytest.raises(ValueError, match="the nearest of them depth"):
        runs.load(deph=2)


def test_the_stored_runs_hold_what_the_page_says_of_them():
    stored = runs.load()
    assert len(stored["dim"]) == len(runs.cases())
    assert np.all(stored["train"] == 0)
    for depth, width in ((2, 4096), (3, 2048), (5, 2048)):
        found = runs.load(dim=1000, depth=depth, width=width)
        assert found["clean"] < 0.01
        assert abs(found["noisy"] - runs.WRONG) < 0.02
        assert found["moved"] < 0.01


@pytest.mark.parametrize("depth", runs.WIDTHS)
def test_a_wider_network_misses_less_and_moves_less(depth):
    found = runs.load(dim=1000, depth=depth)
    assert found["width"].tolist() == list(runs.WIDTHS[depth])
    assert np.all(np.diff(found["clean"]) < 0)
    assert np.all(np.diff(found["moved"]) < 0)


def test_a_stored_run_can_be_made_again():
    stored = runs._stored()
    case = dict(depth=2, width=256, dim=1000, seed=0)
    keep = [stored[:, runs.COLUMNS.index(k)] == v for k, v in case.items()]
    row = dict(zip(runs.COLUMNS, stored[np.all(keep, axis=0)][0]))
    again = runs.fit(1000, 2, 256, 0, steps=150)
    assert again["kernel"] == pytest.approx(row["kernel"], abs=0.001)
    assert again["clean"] == pytest.approx(row["clean"], abs=0.005)
    assert again["moved"] == pytest.approx(row["moved"], rel=0.01)


@pytest.mark.parametrize("dim", [5, 1000])
def test_two_classes(dim):
    data = runs.clusters(200, dim, seed=3)
    assert data.points.shape == (200, dim)
    np.testing.assert_allclose(np.linalg.norm(data.points, axis=1), 1)
    assert data.classes.sum() == 0
    assert np.count_nonzero(data.labels != data.classes) == 30


def test_the_best_border_is_the_first_axis():
    fresh = runs.clusters(20_000, 5, seed=4)
    found = runs.missed(fresh.points[:, 0], fresh.classes)
    assert found == pytest.approx(runs.bayes_error(5), abs=0.004)


def test_five_samples_by_hand():
    classes = np.array([1, -1, 1, -1, 1])
    labels = classes * [1, 1, 1, 1, -1]
    samples = np.column_stack([classes, np.eye(5)])
    w = np.linalg.lstsq(samples, labels, rcond=None)[0]
    np.testing.assert_allclose(w[0], 1 / 2)
    np.testing.assert_allclose(classes * w[1:], [0.5, 0.5, 0.5, 0.5, -1.5])


def test_the_straight_kernel_counts_a_dimension_once(monkeypatch):
    class Straight:
        profile = staticmethod(np.cos)

    monkeypatch.setattr(claims.fb, "ntk", lambda *_, **__: Straight, raising=False)
    assert claims.corners_and_slopes(2) == pytest.approx(1)


def frame(labels=None, head=1, tail=0.1):
    return twin.frame(flipped(6, 15, 19) if labels is None else labels, head, tail)


@pytest.mark.parametrize(("head", "tail"), [(0, 0.02), (1, 0.1), (8, 0.9)])
def test_the_curve_goes_through_every_label(head, tail):
    found = frame(head=head, tail=tail)
    at_samples = found["curve"][:, len(twin.AWAY) :: len(twin.OFFSETS)]
    expected = np.tile(found["labels"], (len(twin.SHARPNESS), 1))
    np.testing.assert_allclose(at_samples, expected, atol=1e-9)


@pytest.mark.parametrize("place", [0, 20])
def test_the_error_is_that_of_the_curve(place):
    found = frame()
    turn = 2 * np.pi * np.arange(40_000) / 40_000 - np.pi
    w = 1 / twin.SHARPNESS[place]
    row = twin.kernel(twin.SAMPLES - twin.SAMPLES[0], 1, 0.1, w)
    weights = np.fft.ifft(np.fft.fft(found["labels"]) / np.fft.fft(row)).real
    apart = np.abs(turn[:, None] - twin.SAMPLES)
    apart = np.minimum(apart, 2 * np.pi - apart)
    curve = twin.kernel(apart, 1, 0.1, w) @ weights
    error = np.mean((curve - np.sin(turn)) ** 2)
    assert found["wrong"][place] == pytest.approx(error, rel=1e-4)


def test_narrow_spikes_help_against_wrong_labels_and_cost_with_right_ones():
    wrong, right = frame()["wrong"], frame(RIGHT, tail=0.5)["wrong"]
    assert wrong[-1] < wrong[0] / 2
    assert right[-1] > 10 * right[0]


def test_equal_waves_share_the_noise_equally():
    # Without slow waves and with a needle every wave of a class is nearly equal.
    assert claims.noise_found(0, 1.0, 1e-4) < 1e-3
    # One wave a class: nothing to share with.
    assert claims.noise_found(0, 1.0, 10.0) > 0.6
