"""The stored fits of photograph and recording: whole or refused with a sentence, fair,
blind to what is held out.
"""

import numpy as np
import pytest

import fbkit as fb
from fbkit.chapters.fit_a_photograph import runs as fits


def test_a_missing_or_damaged_file_is_one_sentence(tmp_path, monkeypatch):
    broken = tmp_path / "feature_fits.npz"
    monkeypatch.setattr(fits, "FILE", broken)
    for error, word, content in (
        (FileNotFoundError, "missing", None),
        (ValueError, "damaged", b"PK"),
    ):
        if content:
            broken.write_bytes(content)
        with pytest.raises(error, match=word) as caught:
            fits.load("photograph", "siren")
        assert "python -m fbkit.chapters.fit_a_photograph.runs" in str(
            caught.value
        ) and "\n" not in str(caught.value)


def test_unknown_names_are_one_sentence():
    with pytest.raises(ValueError, match="did you mean 'siren'"):
        fits.load("photograph", "sirens")
    with pytest.raises(ValueError, match="did you mean 'photograph'"):
        fits.between("photo")


def test_samples_split_as_they_should():
    for signal, (size, dim, *_) in fits.SIGNALS.items():
        x, y, train, aside = fits.samples(signal)
        assert len(y) == size**dim and x.shape == (size**dim, dim)
        assert train.sum() == (size // 2) ** dim
        assert aside.sum() == train.sum() // 8 and not np.any(aside & ~train)


@pytest.mark.parametrize("signal", fits.SIGNALS)
def test_no_held_out_sample_enters_a_design(signal, monkeypatch):
    x, y, train, aside = fits.samples(signal)
    seen = train & ~aside
    before = fits.design(signal, 200, 0, seen)
    monkeypatch.setattr(
        fits, "samples", lambda _: (x, np.where(seen, y, 1e3), train, aside)
    )
    np.testing.assert_array_equal(fits.design(signal, 200, 0, seen), before)
    assert (
        np.abs(before).max() < fits.SIGNALS[signal][0] / 4
    )  # below what the training samples carry


def test_power_finds_a_wave():
    x = 2 * np.pi * np.arange(64) / 64
    k, S = fits.power(np.cos(9 * x))
    assert abs(k[S.argmax()]) == 9 and len(S) == 63
    np.testing.assert_allclose(S, S[::-1], atol=1e-9 * S.max())
    k, S = fits.power(np.cos(9 * x[:, None] - 4 * x))
    top = np.argwhere(np.isclose(S, S.max()))
    assert sorted(map(tuple, k[top].tolist())) == [(-9, 4), (9, -4)]


def test_rings_sum_to_the_mean_square():
    e = np.random.default_rng(0).normal(size=1024)
    assert np.sum(fits.rings("electrocardiogram", e) ** 2) == pytest.approx(
        np.mean(e**2), rel=0.01
    )
    assert fits.bands(np.ones(9)) == pytest.approx(np.sqrt([1, 2, 4]))


def test_stored_runs_are_whole_and_fair():
    for signal in fits.SIGNALS:
        runs = [
            fits.load(signal, method, seed)
            for method in fits.METHODS
            for seed in fits.SEEDS
        ]
        counts = [run["count"] for run in runs]
        assert max(counts) <= 1.1 * min(counts)
        for run in runs:
            assert run["steps"][-1] == fits.STEPS and run["grid"].shape == (4, 4)
            assert all(
                np.isfinite(run[name]).all() for name in ("squares", "bands", "rings")
            )
            assert run["squares"][-1, 0] < run["squares"][0, 0]


@pytest.mark.parametrize("kind", ["linear", "cubic"])
def test_between_keeps_the_samples_and_is_exact_on_a_ramp(kind, monkeypatch):
    x, y, train, aside = fits.samples("photograph")
    np.testing.assert_allclose(
        fits.between("photograph", kind)[train], y[train], atol=1e-9
    )
    monkeypatch.setattr(fits, "samples", lambda _: (x, x @ [1, 2], train, aside))
    inside = np.pad(
        np.ones((136, 136), bool), 60
    ).ravel()  # beyond the last sample its value is kept
    np.testing.assert_allclose(
        fits.between("photograph", kind)[inside], (x @ [1, 2])[inside], atol=1e-9
    )


def test_the_first_steps_come_out_again():
    stored = fits.load("electrocardiogram", "siren", 1)
    setting, lr = stored["chosen"]
    run = fits.fit("electrocardiogram", "siren", setting, lr, 1, search=False, steps=1)
    np.testing.assert_allclose(run["squares"][0], stored["squares"][0], rtol=1e-4)
    assert fb.History(
        run["steps"], range(len(run["bands"][0])), run["bands"], np.zeros(2)
    )
