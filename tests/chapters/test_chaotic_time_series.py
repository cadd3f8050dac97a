"""Maps, exponents, periods, measures and stored networks of the chapter on chaos."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from fbkit.chapters.chaotic_time_series import periodicity, runs, series, twin
from fbkit.chapters.chaotic_time_series.network import LKCNN, calls_chaotic, train
from fbkit.explorers import registry

PARAMS = {
    "logistic": some.tuples(some.floats(2.8, 4)),
    "circle": some.tuples(some.floats(0, 1), some.floats(0, 5)),
}
A_MAP = some.sampled_from(sorted(PARAMS)).flatmap(
    lambda name: some.tuples(some.just(name), PARAMS[name])
)


# ---- maps and exponents ----


@given(A_MAP, some.floats(0.01, 0.99))
def test_slope_is_the_derivative_of_the_map(case, x):
    name, params = case
    h = 1e-6
    ends = series.advance(name, np.array([x - h, x + h]), params)
    step = (np.diff(ends)[0] + 0.5) % 1 - 0.5  # the circle map may wrap round between
    assert step / (2 * h) == pytest.approx(series.slope(name, x, params), abs=1e-5)


@given(A_MAP, some.floats(0, 1))
def test_the_explorer_has_the_same_maps(case, x):
    name, params = case
    keys = ("growth",) if name == "logistic" else ("turn", "pull")
    state = {"map": name, **dict(zip(keys, params))}
    gap = twin.advance(state, x) - series.advance(name, np.array(x), params)
    assert abs((gap + 0.5) % 1 - 0.5) < 1e-12
    assert twin.slope(state, x) == pytest.approx(series.slope(name, x, params))


@pytest.mark.parametrize("g", [3.05, 3.2, 3.4])
def test_exponent_of_a_cycle_of_two(g):
    _, exponent = series.orbit("logistic", g, long=20_000)
    assert exponent == pytest.approx(0.5 * np.log(abs(4 + 2 * g - g**2)), abs=1e-3)


def test_exponent_of_the_explorer_is_that_of_the_series():
    explorer = registry()["chaotic_time_series"]
    arrays = explorer.arrays(explorer.check({}), twin.END)
    _, exponent = series.orbit(
        "logistic", 3.58, start=0.3, length=1, burn=0, long=twin.END - 1
    )
    assert arrays["state"][1] == pytest.approx(exponent)


def test_an_error_grows_by_the_exponent():
    g, near = 3.9, 1e-9
    orbits, _ = series.orbit("logistic", g, start=[0.3, 0.3 + near], length=30, burn=0)
    _, local = series.orbit("logistic", g, length=1, burn=0, long=19)
    gaps = np.abs(np.diff(orbits, axis=0)[0])
    assert np.log(gaps[20] / near) / 20 == pytest.approx(local, abs=0.01)


@pytest.mark.parametrize("name", ["logistic", "circle"])
def test_half_of_the_series_are_chaotic(name):
    data = series.draw(name, 100, seed=3)
    assert data.chaotic.sum() == 50
    assert np.array_equal(data.chaotic == 1, data.exponent > 0)
    assert np.abs(data.exponent).min() > series.NEAR
    assert data.values.mean(axis=1) == pytest.approx(0, abs=1e-9)
    constant = np.ptp(data.raw, axis=1) < 1e-8
    assert data.values.std(axis=1)[~constant] == pytest.approx(1)
    assert (name == "circle") == constant.any()


def test_an_unknown_map_is_one_sentence():
    with pytest.raises(ValueError, match="did you mean 'logistic'"):
        series.draw("logistik", 10, seed=0)


# ---- periods ----


@settings(deadline=None)
@given(some.integers(1, 12), some.integers(1, 6), some.integers(1, 9))
def test_a_window_that_moves_on_divides_the_period(period, stride, kernel):
    rng = np.random.default_rng(period)
    x = torch.as_tensor(np.resize(rng.normal(size=period), 200))[None, None]
    layer = torch.nn.Conv1d(1, 4, kernel, stride, dtype=torch.float64)
    pool = torch.nn.MaxPool1d(kernel, stride)
    with torch.no_grad():
        convolved, pooled = layer(x)[0].numpy(), pool(x)[0].numpy()
    divided = period // np.gcd(period, stride)
    assert periodicity.common_period(convolved) == divided
    assert divided % periodicity.common_period(pooled) == 0


def test_periods_of_a_series():
    assert series.orbit_period(np.tile([1, 2, 3, 4], 5)) == 4
    assert series.orbit_period(np.ones(10)) == 1
    assert series.orbit_period(np.arange(10)) == 0
    assert periodicity.common_period(np.arange(10.0)[None]) == 0


# ---- measures ----


def test_measures_of_waves_and_noise():
    wave = np.sin(2 * np.pi * np.arange(96) / 8)[None]
    noise = np.random.default_rng(0).normal(size=(20, 96))
    for form in (
        periodicity.repeats,
        periodicity.one_line,
        periodicity.autocorrelation,
    ):
        assert form(wave) == pytest.approx(1)
        assert form(noise).mean() < 0.5
    dead = np.zeros((1, 3, 96))
    alive = np.concatenate([dead, wave[None].repeat(3, axis=1)])
    assert periodicity.measures(alive) == pytest.approx(1)


# ---- networks ----


def test_a_network_comes_out_again_and_leaves_the_random_numbers_alone():
    data = series.draw("logistic", 64, seed=0)
    torch.manual_seed(5)
    one, other = (train(LKCNN(seed=1), data, seed=1, epochs=1) for _ in range(2))
    drawn = torch.rand(1)
    torch.manual_seed(5)
    assert drawn == torch.rand(1)
    assert np.array_equal(
        calls_chaotic(one, data.values), calls_chaotic(other, data.values)
    )
    for a, b in zip(one.parameters(), other.parameters()):
        assert torch.equal(a, b)


# ---- the stored ones ----


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
        runs.group("large", 0)
    runs._stored.cache_clear()
    says = str(caught.value)
    assert "python -m fbkit.chapters.chaotic_time_series.runs" in says
    assert "\n" not in says


@pytest.mark.parametrize("kind", runs.KINDS)
def test_every_network_is_there(kind):
    found = runs.everything(kind)
    count = runs.KINDS[kind][1] * len(runs.SEEDS)
    assert found["right"].shape == (count, len(runs.PARTS))
    assert found["answers"].shape == (count, 3)
    assert np.isfinite(found["right"]).all()
    with pytest.raises(ValueError, match="large"):
        runs.group("larg", 0)


def test_a_constant_is_right_where_the_answer_to_zeros_is():
    found = runs.everything("large")
    constant = found["right"][:, runs.PARTS.index("period 1")]
    assert constant == pytest.approx(1 - found["answers"][:, 0], abs=0.05)


def test_a_stored_network_comes_out_again(monkeypatch):
    kernel, _, shown = runs.KINDS["small"]
    stored = runs.group("small", 1)
    monkeypatch.setitem(runs.KINDS, "small", (kernel, 1, shown))
    again = runs.train_group("small", 1)
    assert again["right"][0] == pytest.approx(stored["right"][0], abs=0.03)
    assert again["part"] == pytest.approx(stored["part"])
