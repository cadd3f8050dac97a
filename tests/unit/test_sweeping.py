"""Sweeps: what is done stays done, whatever dies."""

import functools
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fbkit as fb
from fbkit import sweeping
from fbkit.sweeping import points, sweep

GRID = {"a": [1, 2, 3], "b": [10, 20]}


def add(a, b):
    return a + b


def logged(log, n, kill=-1, seconds=0.02):
    """n squared, with a line in the log for every run; the point `kill` kills its
    worker the first time.
    """
    with open(log, "a") as file:
        file.write(f"{n}\n")
    time.sleep(seconds)
    if n == kill and not os.path.exists(f"{log}.killed"):
        Path(f"{log}.killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return n * n


def runs(log):
    """How often each point ran."""
    numbers = [int(line) for line in Path(log).read_text().split()]
    return {n: numbers.count(n) for n in set(numbers)}


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_points_run_through_all_combinations():
    assert points(GRID) == [{"a": a, "b": b} for a in (1, 2, 3) for b in (10, 20)]
    assert points([3, 1]) == [3, 1] and points({}) == [{}]


def test_results_come_in_the_grids_order(threads):
    assert sweep(add, GRID, threads) == [11, 21, 12, 22, 13, 23]
    assert sweep(abs, [-3, 2, -1, 2], threads) == [3, 2, 1, 2]
    assert sweep(add, {"a": [], "b": [1]}, threads) == []
    assert fb.sweep(add, [{"a": 1, "b": 1}], threads) == [2]


def test_own_processes_with_one_thread_each():
    found = sweep(environment, range(3), progress=False)
    assert all(one == ("1", 1) for one in found)


def environment(k):
    import threadpoolctl

    blas = [library["num_threads"] for library in threadpoolctl.threadpool_info()]
    return os.environ["OPENBLAS_NUM_THREADS"], max(blas, default=1)


def test_a_second_call_computes_only_what_is_missing(tmp_path, threads):
    grid = {"log": [str(tmp_path / "log")], "n": [1, 2, 3], "seconds": [0]}
    folder = tmp_path / "results"
    assert sweep(logged, grid, threads, folder) == [1, 4, 9]
    assert sweep(logged, grid | {"n": [3, 4, 2]}, threads, folder) == [9, 16, 4]
    assert runs(tmp_path / "log") == {1: 1, 2: 1, 3: 1, 4: 1}
    next(folder.iterdir()).write_bytes(b"")  # as a full disk would leave it
    sweep(logged, grid | {"n": [1, 2, 3, 4]}, threads, folder)
    assert sum(runs(tmp_path / "log").values()) == 5
    assert not [path for path in folder.iterdir() if path.suffix != ".pickle"]


def test_keys_tell_functions_and_points_apart():
    def other(a, b):
        return a - b

    keys = [
        sweeping._key(fn, point)
        for fn in (add, other)
        for point in ({"a": 1}, {"a": 2}, {"b": 1}, 1, "1", [1])
    ]
    assert len(set(keys)) == len(keys)
    arrays = sweeping._key(add, {"a": np.float64(0.5), "b": np.arange(2)})
    assert arrays == sweeping._key(add, {"b": [0, 1], "a": 0.5})


def test_an_error_comes_after_all_other_points(tmp_path, threads):
    def divide(n):
        return 6 // n

    for _ in range(2):
        with pytest.raises(ZeroDivisionError) as caught:
            sweep(divide, [0, 1, 2, 3], threads, tmp_path)
        assert "the point 0 of the sweep" in caught.value.__notes__[0]
        assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("given_pool", [True, False])
def test_a_worker_of_a_pool_that_dies_loses_nothing(tmp_path, given_pool):
    grid = {"log": [str(tmp_path / "log")], "n": list(range(24)), "kill": [12]}
    pool = ProcessPoolExecutor(2) if given_pool else None
    assert sweep(logged, grid, pool, tmp_path / "results") == [n * n for n in range(24)]
    again = {n for n, count in runs(tmp_path / "log").items() if count > 1}
    # Those that ran when the pool went down.
    assert 12 in again and len(again) <= 2 + (os.cpu_count() or 2)
    assert max(runs(tmp_path / "log").values()) == 2


def kill_always(n):
    if n == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


def test_a_point_that_always_kills_its_worker_ends_the_sweep_after_the_others(tmp_path):
    with pytest.raises(RuntimeError, match="points such as 0 killed their worker"):
        sweep(kill_always, range(6), ProcessPoolExecutor(1), tmp_path)
    kept = [pickle.loads(path.read_bytes()) for path in tmp_path.iterdir()]
    assert sorted(kept) == [1, 2, 3, 4, 5]


def trained(width, seed):
    """A training run, as a reader would put it into a module of theirs."""
    target = fb.sines(fb.circle(16), [1, 3])
    net = fb.mlp(width=width, seed=seed)
    return fb.train(net, target, lr=0.1, steps=20, progress=False)


TRAININGS = {"width": [8, 16], "seed": [0, 1]}


def assert_are_the_trainings(found):
    expected = [trained(**point) for point in points(TRAININGS)]
    assert len(found) == len(expected)
    for one, other in zip(found, expected):
        np.testing.assert_array_equal(one.t, other.t)
        np.testing.assert_allclose(one.error, other.error, atol=1e-6)
        assert one.meta == other.meta


def test_training_runs_in_processes(tmp_path):
    assert_are_the_trainings(fb.sweep(trained, TRAININGS, folder=tmp_path))
    assert len(list(tmp_path.iterdir())) == 4
    assert_are_the_trainings(fb.sweep(trained, TRAININGS, folder=tmp_path))


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """An executor of a cluster of two workers on this machine."""
    from dask.distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=None,
        memory_limit=0,
        local_directory=str(tmp_path_factory.mktemp("dask")),
    )
    with cluster, Client(cluster) as client:
        yield client.get_executor()


@pytest.mark.slow  # a scheduler and three workers start
def test_training_runs_on_a_dask_cluster(dask):
    assert_are_the_trainings(fb.sweep(trained, TRAININGS, dask))


@pytest.mark.slow
def test_dask_cluster_with_a_worker_killed_half_way(dask, tmp_path):
    log = str(tmp_path / "log")
    grid = {"log": [log], "n": list(range(64)), "kill": [32]}
    assert sweep(logged, grid, dask, tmp_path / "results") == [n * n for n in range(64)]
    assert runs(log) == {n: 2 if n == 32 else 1 for n in range(64)}


SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
from test_sweeping import logged
from fbkit.sweeping import sweep
grid = {{"log": [{log!r}], "n": list(range(40)), "seconds": [0.1]}}
sweep(logged, grid, folder={results!r})
"""


def test_interrupting_keeps_what_is_done(tmp_path):
    log, results = str(tmp_path / "log"), tmp_path / "results"
    code = SCRIPT.format(
        folder=str(Path(__file__).parent), log=log, results=str(results)
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, start_new_session=True
    )
    while not results.exists() or len(list(results.glob("*.pickle"))) < 4:
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does in a terminal
    assert process.communicate(timeout=20)[0] is None and process.returncode != 0
    done = len(list(results.glob("*.pickle")))
    assert 4 <= done < 40
    sizes = [path.stat().st_size for path in results.glob("*.pickle")]
    assert min(sizes) > 0
    began = time.monotonic()
    grid = {"log": [log], "n": list(range(40)), "seconds": [0.1]}
    with ThreadPoolExecutor(40) as pool:
        assert sweep(logged, grid, pool, results) == [n * n for n in range(40)]
    assert time.monotonic() - began < 20
    counts = runs(log)
    assert max(counts.values()) <= 2
    assert sum(counts.values()) <= 40 + 2 * (os.cpu_count() or 2)


def test_two_sweeps_may_share_a_folder(tmp_path):
    grid = {"log": [str(tmp_path / "log")], "n": list(range(10)), "seconds": [0.01]}
    found = []

    def one_sweep():
        found.append(sweep(logged, grid, ThreadPoolExecutor(2), tmp_path / "r"))

    both = [threading.Thread(target=one_sweep) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert found == [[n * n for n in range(10)]] * 2


@given(
    st.one_of(
        st.sets(st.integers(), min_size=1),
        st.binary(),
        st.complex_numbers(),
        st.just(object()),
    )
)
def test_points_without_a_key_are_one_sentence(value):
    with pytest.raises(ValueError, match="a point of the grid holds") as caught:
        sweep(add, [{"a": value}], ThreadPoolExecutor(1))
    assert "\n" not in str(caught.value)


def test_wrong_functions_and_grids_are_one_sentence():
    wrong = [
        (functools.partial(add, 1), [1]),
        (add, 3),
        (add, {"a": 1}),
        ("add", [1]),
    ]
    for fn, grid in wrong:
        with pytest.raises(ValueError) as caught:
            sweep(fn, grid)
        assert "\n" not in str(caught.value)
