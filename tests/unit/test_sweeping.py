"""Sweeps: what is done stays done, whatever dies."""

import errno
import functools
import importlib
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

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
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{n}\n")
    time.sleep(seconds)
    if n == kill and not os.path.exists(f"{log}.killed"):
        Path(f"{log}.killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return n * n


def runs(log):
    """How often each point ran."""
    numbers = [int(line) for line in Path(log).read_text(encoding="utf-8").split()]
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


# ---- what a result is kept under ----

MODULE = """
import functools
import math

LIFT = 1000
TABLE = {"twice": lambda x: 2 * x}


def helper(x):
    return LIFT + x


class Model:
    scale = 2

    def run(self, x):
        return self.scale * x


def by_helper(x):
    return helper(10 * x)


def by_table(x):
    return TABLE["twice"](x)


def by_class(x):
    return Model().run(x)


def by_inner(x):
    return [helper(y) for y in [x]][0]


def by_default(x, lift=LIFT):
    return x + lift


@functools.cache
def cached(x):
    return LIFT * x


def by_cache(x):
    return cached(x)


def unmoved(x):
    return math.floor(x)
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Imports `MODULE`, edited, as a reader's own file `models`."""
    (tmp_path / "code").mkdir()
    path = tmp_path / "code" / "models.py"
    monkeypatch.syspath_prepend(str(path.parent))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def imported(old="", new=""):
        assert old in MODULE
        path.write_text(MODULE.replace(old, new), encoding="utf-8")
        sys.modules.pop("models", None)
        importlib.invalidate_caches()
        return importlib.import_module("models")

    yield imported
    sys.modules.pop("models", None)


@pytest.mark.parametrize(
    "name, old, new, before, after",
    [
        ("by_helper", "LIFT + x", "LIFT - x", 1010, 990),
        ("by_helper", "LIFT = 1000", "LIFT = 2000", 1010, 2010),
        ("by_inner", "LIFT + x", "LIFT - x", 1001, 999),
        ("by_table", "2 * x}", "3 * x}", 2, 3),
        ("by_class", "scale = 2", "scale = 5", 2, 5),
        ("by_class", "self.scale * x", "self.scale + x", 2, 3),
        ("by_default", "LIFT = 1000", "LIFT = 2000", 1001, 2001),
        ("by_cache", "LIFT * x", "LIFT + x", 1000, 1001),
    ],
)
def test_what_a_function_uses_counts(
    module, tmp_path, threads, name, old, new, before, after
):
    run = lambda fn: sweep(fn, [1], threads, tmp_path / "results")
    assert run(getattr(module(), name)) == [before]
    assert run(getattr(module(old, new), name)) == [after]
    assert run(getattr(module(), name)) == [before]
    assert len(list((tmp_path / "results").iterdir())) == 2


def test_what_a_function_does_not_use_does_not_count(module, tmp_path, threads):
    for old, new in [("", ""), ("LIFT = 1000", "LIFT = 1"), ("\n\n\n", "\n\n# why\n")]:
        assert sweep(module(old, new).unmoved, [1.5], threads, tmp_path) == [1]
    assert len(list(tmp_path.glob("*.pickle"))) == 1


def test_a_module_that_a_function_imports_counts(module, tmp_path, threads):
    def by_import(x):
        from models import helper

        return helper(x)

    def by_attribute(x):
        import models as m

        return m.helper(x)

    for fn in (by_import, by_attribute):
        module()
        assert sweep(fn, [1], threads, tmp_path) == [1001]
        module("LIFT = 1000", "LIFT = 2000")
        assert sweep(fn, [1], threads, tmp_path) == [2001]


def times(k):
    def multiplied(x):
        return k * x

    return multiplied


class Multiple:
    def __init__(self, k):
        self.k = k

    def run(self, x):
        return self.k * x

    __call__ = run


def wrapped(fn):
    @functools.wraps(fn)
    def wrapper(x):
        return fn(x)

    return wrapper


def at_prompt(k):
    typed = {}
    exec(f"def f(x):\n    return {k} * x", typed)
    return typed["f"]


@pytest.mark.parametrize(
    "made",
    [
        times,
        lambda k: lambda x: k * x,
        lambda k: Multiple(k).run,
        Multiple,
        lambda k: functools.partial(lambda k, x: k * x, k),
        lambda k: wrapped(times(k)),
        at_prompt,
        lambda k: np.vectorize(times(k)),
    ],
)
def test_functions_made_alike_are_told_apart(made, tmp_path, threads):
    for k in (1, 5, 1, 7):
        assert sweep(made(k), [1, 2], threads, tmp_path) == [k, 2 * k]
    assert len(list(tmp_path.iterdir())) == 6


def test_a_network_counts_with_its_weights(tmp_path, threads):
    import torch

    def at(net):
        return lambda x: net(x * torch.ones(1)).item()

    for seed in (0, 1, 0):
        torch.manual_seed(seed)
        fn = at(torch.nn.Linear(1, 1).requires_grad_(False))
        assert sweep(fn, [1], threads, tmp_path) == [fn(1)]
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "made", [threading.Lock, lambda: memoryview(b"one"), lambda: (x for x in [1])]
)
def test_what_cannot_be_told_is_one_sentence_where_there_is_a_folder(
    made, tmp_path, threads
):
    thing = made()
    fn = lambda x: x if thing else 0
    with pytest.raises(ValueError, match="fn depends on a .* make it inside fn") as one:
        sweep(fn, [1], threads, tmp_path)
    assert "\n" not in str(one.value)
    assert sweep(fn, [1], threads) == [1]


def test_a_function_that_calls_itself_has_a_key(tmp_path, threads):
    assert sweep(factorial, [4], threads, tmp_path) == [24]
    assert sweep(even, [4], threads, tmp_path) == [True]


def factorial(n):
    return n * factorial(n - 1) if n else 1


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


KINDS = """
import abc, collections, dataclasses, enum, functools, logging, re
import numpy as np
import fbkit as fb
from fbkit._content import content_key

class Color(enum.Enum):
    RED = 1
    BLUE = 2

@dataclasses.dataclass
class Model:
    width: int = 1
    parts: list = dataclasses.field(default_factory=list)
    @functools.cached_property
    def area(self):
        return self.width**2

@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    width: int = 1

class Base(abc.ABC):
    @abc.abstractmethod
    def run(self): ...

class Own(Base):
    def run(self):
        return super().run()

Pair = collections.namedtuple("Pair", "a b")
WORDS = {"a", "b", "c"}

@functools.singledispatch
def single(x):
    return x

@single.register
def _(x: int):
    return x + 1

def in_sets(x):
    return x in {"d", "e", "f"} or x in WORDS

VALUES = [
    Color, Color.RED, Color.BLUE, Model, Model(2), Slotted(3), Own, Own(), Pair(1, 2),
    WORDS, single, in_sets, logging.getLogger("x"), re.compile("a+"), np.add, str.upper,
    functools.partial(max, 1), np.random.default_rng(0), np.random.default_rng(1),
    np.ma.masked_array([1, 2], [0, 1]), np.ma.masked_array([1, 2], [1, 0]),
    np.array(["2020-01-01"], "M8[D]"), np.array(["2020-01-01"], "M8[s]"),
    np.array([1, "a", None], dtype=object), np.arange(4.0)[::2], np.float32(1),
    collections.OrderedDict(a=1), collections.defaultdict(list, a=[1]), range(3), 1j,
    fb.circle(8), fb.circle(10), fb.activation("relu"), fb.activation("tanh"),
]

if __name__ == "__main__":
    single(1)  # fills its cache
    keys = [content_key(value) for value in VALUES]
    assert len(set(keys)) == len(keys)
    print(keys, content_key(lambda: VALUES))
"""


def test_another_process_finds_the_same_keys(tmp_path):
    """Of values of every kind, whatever order its sets have."""
    script = tmp_path / "script.py"
    script.write_text(KINDS, encoding="utf-8")
    found = {
        subprocess.run(
            [sys.executable, str(script)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


ALIKE = [
    [1],
    (1,),
    np.array([1]),
    np.array([1.0]),
    [1.0],
    [True],
    1,
    1.0,
    True,
    "1",
    np.float64(1),
    np.zeros((0, 3)),
    np.zeros(0),
    {"x": {1: 2}},
    {"x": {"1": 2}},
    None,
    "None",
]


def as_is(x):
    return x


@pytest.mark.parametrize("kept", [False, True])
def test_points_that_look_alike_are_different_points(tmp_path, threads, kept):
    found = sweep(as_is, ALIKE, threads, tmp_path if kept else None)
    expected = [one["x"] if isinstance(one, dict) else one for one in ALIKE]
    assert [type(one) for one in found] == [type(one) for one in expected]
    for one, other in zip(found, expected):
        np.testing.assert_array_equal(one, other)
        assert np.shape(one) == np.shape(other) and repr(one) == repr(other)
    assert len({sweeping._key("", one) for one in ALIKE}) == len(ALIKE)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda part: (
        st.lists(part, max_size=3)
        | st.tuples(part)
        | st.dictionaries(st.text(max_size=2) | st.integers(), part, max_size=3)
    ),
    max_leaves=6,
)


@given(PLAIN, PLAIN)
def test_two_points_have_one_key_if_they_are_written_alike(one, other):
    one, other = [one], [other]  # a dict by itself would be arguments
    same = sweeping._key("", one) == sweeping._key("", other)
    assert same == (repr(one) == repr(other))
    assert sweeping._key("", one) == sweeping._key("", pickle.loads(pickle.dumps(one)))


def test_arguments_have_no_order():
    one, other = {"a": 0.5, "b": [0, 1]}, {"b": [0, 1], "a": 0.5}
    assert sweeping._key("", one) == sweeping._key("", other)


# ---- files that went wrong ----


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_computed_again(tmp_path, threads, seed):
    folder = tmp_path / "results"
    sweep(abs, [-3, 2], threads, folder)
    rng = np.random.default_rng(seed)
    first, other = sorted(folder.iterdir())
    whole = first.read_bytes()
    cut = whole[: rng.integers(len(whole))]
    noise = rng.bytes(int(rng.integers(1, 300)))
    flipped = bytearray(whole)
    flipped[rng.integers(len(whole))] ^= 1 + int(rng.integers(255))
    first.write_bytes([cut, noise, bytes(flipped), bytes(len(whole))][seed % 4])
    assert sweep(abs, [-3, 2], threads, folder) == [3, 2]
    assert first.read_bytes() == whole
    assert sorted(folder.iterdir()) == [first, other]


def test_results_are_pickles(tmp_path, threads):
    sweep(abs, [-3], threads, tmp_path)
    (path,) = tmp_path.iterdir()
    assert pickle.loads(path.read_bytes()) == 3


class NotToBeLoaded(Exception):
    """Pickles, and cannot be unpickled: a known trap of exceptions."""

    def __init__(self, one, two):
        super().__init__(one)


def not_loadable(n):
    return NotToBeLoaded(n, n) if n == 1 else n


@pytest.mark.parametrize("kept", [False, True])
def test_a_result_that_cannot_be_loaded_is_named(tmp_path, kept):
    for _ in range(2):
        pool = ProcessPoolExecutor(2)
        with pytest.raises(TypeError, match="two") as caught:
            sweep(not_loadable, [0, 1, 2], pool, tmp_path if kept else None)
        notes = " ".join(caught.value.__notes__)
        assert "another cannot unpickle it" in notes and "the point 1 of" in notes


def not_picklable(n):
    return (lambda: n) if n == 1 else n


def test_a_result_that_cannot_be_pickled_is_named(tmp_path):
    for folder in (None, tmp_path):
        with pytest.raises(Exception, match="pickle") as caught:
            sweep(not_picklable, [0, 1, 2], ProcessPoolExecutor(2), folder)
        assert "the point 1 of the sweep" in caught.value.__notes__[-1]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_function_that_a_process_cannot_find_is_named(monkeypatch):
    """One typed at a prompt, where processes are not forks."""
    module = ModuleType("typed")
    exec("def f(x):\n    return x", vars(module))
    module.f.__module__ = "typed"
    monkeypatch.setitem(sys.modules, "typed", module)
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    with pytest.raises(ModuleNotFoundError, match="typed") as caught:
        sweep(module.f, [1], pool)
    assert "another cannot unpickle it" in caught.value.__notes__[0]


def test_a_full_disk_leaves_no_parts(tmp_path, threads, monkeypatch):
    def full(path, content):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as caught:
        sweep(abs, [-1, 2], threads, tmp_path)
    assert "of the sweep" in caught.value.__notes__[0]
    assert not list(tmp_path.iterdir())
    monkeypatch.undo()
    assert sweep(abs, [-1, 2], threads, tmp_path) == [1, 2]


# ---- errors and deaths ----


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
        (add, 3),
        (add, {"a": 1}),
        ("add", [1]),
    ]
    for fn, grid in wrong:
        with pytest.raises(ValueError) as caught:
            sweep(fn, grid)
        assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="executor is 4; expected one of"):
        sweep(add, GRID, 4)
