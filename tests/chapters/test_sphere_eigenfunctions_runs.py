"""The stored runs on the sphere: whole or refused with a sentence, and the same as a
run made now.
"""

import numpy as np
import pytest

import fbkit as fb
from fbkit.chapters.sphere_eigenfunctions import runs as sphere_runs


def test_a_missing_or_damaged_file_is_one_sentence(tmp_path, monkeypatch):
    broken = tmp_path / "sphere_runs.npz"
    monkeypatch.setattr(sphere_runs, "FILE", broken)
    for error, word, content in (
        (FileNotFoundError, "missing", None),
        (ValueError, "damaged", b"PK"),
    ):
        if content:
            broken.write_bytes(content)
        with pytest.raises(error, match=word) as caught:
            sphere_runs.load("equal", 0)
        assert "python -m fbkit.chapters.sphere_eigenfunctions.runs" in str(
            caught.value
        ) and "\n" not in str(caught.value)


def test_unknown_run_is_one_sentence():
    with pytest.raises(ValueError, match="did you mean 'equal'"):
        sphere_runs.load("equall", 0)
    with pytest.raises(ValueError, match="did you mean 'fresh'"):
        sphere_runs.load("equal", 0, "fresch")


def test_every_run_is_there_and_starts_at_the_target():
    for case in sphere_runs.CASES:
        for seed in sphere_runs.SEEDS:
            s = sphere_runs.setting(case, seed)
            run, fresh = (
                sphere_runs.load(case, seed, where, plain=True)
                for where in sphere_runs.PLACES
            )
            for one, y, onto in ((run, s.y, s.onto), (fresh, s.test_y, s.test_onto)):
                assert (
                    one.t[0] == 0
                    and one.t[-1] == pytest.approx(6000, rel=1e-3)
                    and np.isfinite(one.error).all()
                )
                np.testing.assert_allclose(
                    one.error[0],
                    sphere_runs.projections(-y, onto),
                    rtol=1e-4,
                    atol=1e-6,
                )
            assert run.loss[-1] < 0.1 * run.loss[0]


def test_the_fit_finds_the_heights_that_the_target_was_made_of():
    for where in sphere_runs.PLACES:
        np.testing.assert_allclose(
            sphere_runs.load("rising", 0, where).error[0],
            [0, -0.1, -0.3, -0.5],
            atol=1e-5,
        )


@pytest.mark.parametrize("case", ["rising", "clusters"])
def test_the_first_steps_come_out_again(case):
    s = sphere_runs.setting(case, 1)
    stored = sphere_runs.load(case, 1, plain=True)
    found, _ = sphere_runs.train(s, 1, stored.t[1], time=10 * stored.t[1])
    n = found.shape[1]
    np.testing.assert_allclose(
        found[0], stored.error[:n], atol=1e-5 * np.abs(stored.error[0]).max()
    )


def test_the_loop_in_place_is_gradient_descent():
    """The same ten steps by `fb.train`."""
    s = sphere_runs.setting("rising", 0)
    net = sphere_runs.network(sphere_runs.DIM, sphere_runs.WIDTH, seed=0)
    target = fb.Target(s.x, s.y, np.full(len(s.y), 1 / len(s.y)), None, "sphere")
    run = fb.train(net, target, lr=5.0, steps=10, records=50, progress=False)
    found, squares = sphere_runs.train(s, 0, 5.0, time=50)
    np.testing.assert_allclose(squares[0, -1] / 2, run.loss[-1], rtol=1e-4)
