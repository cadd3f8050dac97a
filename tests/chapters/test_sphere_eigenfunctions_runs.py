"""The stored runs on the sphere.

They are whole or refused with a sentence, and the same as a run made now.
"""

import numpy as np
import pytest

import fbkit as fb
from fbkit.chapters.sphere_eigenfunctions import runs as sphere_runs


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
    monkeypatch.setattr(sphere_runs, "FILE", broken)
    with pytest.raises(error, match=word) as caught:
        sphere_runs.load("equal", 0)
    says = str(caught.value)
    assert "python -m fbkit.chapters.sphere_eigenfunctions.runs" in says
    assert "\n" not in says


def test_unknown_run_is_one_sentence():
    with pytest.raises(ValueError, match="did you mean 'equal'"):
        sphere_runs.load("equall", 0)
    with pytest.raises(ValueError, match="did you mean 'fresh'"):
        sphere_runs.load("equal", 0, "fresch")


@pytest.mark.parametrize("seed", sphere_runs.SEEDS)
@pytest.mark.parametrize("case", sphere_runs.CASES)
def test_every_run_is_there_and_starts_at_the_target(case, seed):
    s = sphere_runs.setting(case, seed)
    run = sphere_runs.load(case, seed, plain=True)
    fresh = sphere_runs.load(case, seed, "fresh", plain=True)
    for one, y, onto in ((run, s.y, s.onto), (fresh, s.test_y, s.test_onto)):
        assert one.t[0] == 0
        assert one.t[-1] == pytest.approx(sphere_runs.TIME, rel=1e-3)
        assert np.isfinite(one.error).all()
        start = sphere_runs.projections(-y, onto)
        np.testing.assert_allclose(one.error[0], start, rtol=1e-4, atol=1e-6)
    assert run.loss[-1] < 0.1 * run.loss[0]


@pytest.mark.parametrize("where", sphere_runs.PLACES)
def test_the_fit_finds_the_heights_that_the_target_was_made_of(where):
    start = sphere_runs.load("rising", 0, where).error[0]
    np.testing.assert_allclose(start, [0, -0.1, -0.3, -0.5], atol=1e-5)


@pytest.mark.parametrize("case", ["rising", "clusters"])
def test_the_first_steps_come_out_again(case):
    s = sphere_runs.setting(case, 1)
    stored = sphere_runs.load(case, 1, plain=True)
    found, _ = sphere_runs.train(s, 1, stored.t[1], time=10 * stored.t[1])
    trained, _ = found
    size = np.abs(stored.error[0]).max()
    np.testing.assert_allclose(trained, stored.error[: len(trained)], atol=1e-5 * size)


def test_the_loop_in_place_is_gradient_descent():
    """The same ten steps by `fb.train`."""
    s = sphere_runs.setting("rising", 0)
    net = sphere_runs.network(sphere_runs.DIM, sphere_runs.WIDTH, seed=0)
    weights = np.full(len(s.y), 1 / len(s.y))
    target = fb.Target(s.x, s.y, weights, None, "sphere")
    run = fb.train(net, target, lr=5.0, steps=10, records=50, progress=False)
    _, squares = sphere_runs.train(s, 0, 5.0, time=50)
    np.testing.assert_allclose(squares[0, -1] / 2, run.loss[-1], rtol=1e-4)
