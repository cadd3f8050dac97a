"""The stored fits of photograph and recording.

They are whole or refused with a sentence, fair, and blind to what is held out.
"""

import numpy as np
import pytest

from fbkit.chapters.fit_a_photograph import runs as fits


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
    monkeypatch.setattr(fits, "FILE", broken)
    with pytest.raises(error, match=word) as caught:
        fits.load("photograph", "siren")
    says = str(caught.value)
    assert "python -m fbkit.chapters.fit_a_photograph.runs" in says
    assert "\n" not in says


def test_unknown_names_are_one_sentence():
    with pytest.raises(ValueError, match="did you mean 'siren'"):
        fits.load("photograph", "sirens")
    with pytest.raises(ValueError, match="did you mean 'photograph'"):
        fits.between("photo")


@pytest.mark.parametrize("signal", fits.SIGNALS)
def test_samples_split_as_they_should(signal):
    size, dim, *_ = fits.SIGNALS[signal]
    x, y, train, aside = fits.samples(signal)
    assert x.shape == (size**dim, dim)
    assert y.shape == train.shape == aside.shape == (size**dim,)
    assert train.sum() == (size // 2) ** dim
    assert aside.sum() == train.sum() // 8
    assert not np.any(aside & ~train)


@pytest.mark.parametrize("signal", fits.SIGNALS)
def test_no_held_out_sample_enters_a_design(signal, monkeypatch):
    x, y, train, aside = fits.samples(signal)
    seen = train & ~aside
    before = fits.design(signal, 200, 0, seen)
    changed = np.where(seen, y, 1e3)
    monkeypatch.setattr(fits, "samples", lambda _: (x, changed, train, aside))
    np.testing.assert_array_equal(fits.design(signal, 200, 0, seen), before)
    # The training samples carry no more than a quarter of the samples' number.
    assert np.abs(before).max() < fits.SIGNALS[signal].size / 4


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
    total = np.sum(fits.rings("electrocardiogram", e) ** 2)
    assert total == pytest.approx(np.mean(e**2), rel=0.01)


def test_bands_are_octaves():
    assert fits.bands(np.ones(9)) == pytest.approx(np.sqrt([1, 2, 4]))


@pytest.mark.parametrize("signal", fits.SIGNALS)
def test_stored_runs_are_whole_and_fair(signal):
    counts = []
    for method in fits.METHODS:
        for seed in fits.SEEDS:
            run = fits.load(signal, method, seed)
            counts.append(run["count"])
            assert run["grid"].shape == (4, 4)
            assert run["steps"][-1] == fits.STEPS
            for name in ("squares", "bands", "rings"):
                assert np.isfinite(run[name]).all()
            trained = run["squares"][:, 0]
            assert trained[-1] < trained[0]
    assert max(counts) <= 1.1 * min(counts)


@pytest.mark.parametrize("kind", ["linear", "cubic"])
def test_between_keeps_the_samples_and_is_exact_on_a_ramp(kind, monkeypatch):
    x, y, train, aside = fits.samples("photograph")
    values = fits.between("photograph", kind)
    np.testing.assert_allclose(values[train], y[train], atol=1e-9)
    ramp = x @ [1, 2]
    monkeypatch.setattr(fits, "samples", lambda _: (x, ramp, train, aside))
    values = fits.between("photograph", kind)
    # Away from the border: beyond the last training sample its value is kept.
    inside = np.pad(np.ones((136, 136), bool), 60).ravel()
    np.testing.assert_allclose(values[inside], ramp[inside], atol=1e-9)


def test_the_first_steps_come_out_again():
    stored = fits.load("electrocardiogram", "siren", 1)
    setting, lr = stored["chosen"]
    run = fits.fit("electrocardiogram", "siren", setting, lr, 1, search=False, steps=1)
    np.testing.assert_allclose(run["squares"][0], stored["squares"][0], rtol=1e-4)
