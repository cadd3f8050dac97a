"""One function over a grid, on any executor; what is computed is on disk at once."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import itertools
import multiprocessing
import os
import pickle
import sys
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    ProcessPoolExecutor,
    as_completed,
)
from pathlib import Path
from types import NoneType
from typing import Any

import numpy as np

from fbkit._content import Unknown, content_key
from fbkit._progress import progress_bar

# Rounds in a row without a single result after which a sweep gives up.
FRUITLESS = 3
CHECKSUM = 32  # bytes


def points(grid: Mapping[str, Iterable] | Iterable) -> list:
    """The points of a grid, in order.

    Of a dict of lists these are all combinations of its values, the last name fastest;
    a list is taken as it is.

    >>> points({"width": [64, 256], "seed": [0, 1]})[:2]
    [{'width': 64, 'seed': 0}, {'width': 64, 'seed': 1}]
    """
    try:
        if not isinstance(grid, Mapping):
            return list(grid)
        combinations = itertools.product(*grid.values())
        return [dict(zip(grid, values)) for values in combinations]
    except TypeError:
        raise ValueError(
            f"grid is {grid!r}; expected a dict of lists, or a list of points."
        ) from None


def sweep(
    fn: Callable[..., Any],
    grid: Mapping[str, Iterable] | Iterable,
    executor: Executor | None = None,
    folder: str | Path | None = None,
    *,
    progress: bool = True,
) -> list:
    r"""Results of a function at every point of a grid, computed in parallel.

    With a `folder`, every result is written there, whole or not at all, as soon as it
    is computed, under a name made from the function and the point. A second call with
    the same folder computes only what is missing, so an interrupted sweep goes on where
    it was: after Ctrl-C, after an error (which is raised once all other points are
    through), or after the machine went down. Where a worker dies and takes a pool of
    processes with it, the missing points go to a new pool. A file that is damaged is
    computed again.

    What is computed anew when it changes: the code of `fn` as it was imported, its
    defaults, the variables of its closure, the object of a bound method, and the
    functions, classes and global values that its code names, by theirs in turn; of
    installed packages the version, and Python's. What is not watched: files that it
    reads, the environment, and names that are made up at run time, as by `getattr`.

    Parameters
    ----------
    fn : a function whose result depends on its arguments alone (pass the seed); it runs
        with one BLAS thread. Points should take half a second or more each, or handing
        them out costs more than they do.
    grid : a dict of lists, for all combinations; or a list of points. A point that is a
        dict is passed as `fn(**point)`, any other as `fn(point)`. Points hold numbers,
        strings, lists, tuples, dicts and arrays; [1] and (1,) are two points.
    executor : any `concurrent.futures.Executor`, such as
        `dask.distributed.Client(...).get_executor()`; default one process for each
        core. It is not shut down.
    folder : where results are kept (pickled, so read only folders you trust); default
        nowhere.
    progress : a bar, for sweeps over a second.

    Returns
    -------
    list of results, in the order of `points(grid)`.

    Raises
    ------
    ValueError
        Where the grid is none, or where `fn` depends on something whose content cannot
        be told, such as an open file, and there is a folder.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> sweep(lambda a, b: a * b, {"a": [1, 2], "b": [3, 5]}, ThreadPoolExecutor())
    [3, 5, 6, 10]
    """
    _check(fn, executor)
    order = points(grid)
    code = "" if folder is None else _code_key(fn)
    keys = [_key(code, point) for point in order]
    if folder is not None:
        folder = Path(folder).absolute()
        folder.mkdir(parents=True, exist_ok=True)
    run = _Run(fn, dict(zip(keys, order)), folder)
    run.bar = progress_bar(len(run.waiting), "point", progress)
    pool = executor or ProcessPoolExecutor()
    fruitless = 0
    try:
        while run.waiting:
            count = len(run.waiting)
            broken = run.one_round(pool)
            fruitless = 0 if len(run.waiting) < count else fruitless + 1
            if fruitless == FRUITLESS:
                raise RuntimeError(
                    f"{count} points such as {run.next_point()!r} killed their worker"
                    " three times; try one of them alone, without a pool."
                )
            if broken:
                pool = ProcessPoolExecutor(getattr(pool, "_max_workers", None))
                run.reverse()
    finally:
        run.close()
        if pool is not executor:
            pool.shutdown(wait=False, cancel_futures=True)
    if run.failed:
        raise run.failed[0]
    return [run.results[key] for key in keys]


class _Run:
    """What a sweep has done and what is waiting, both by key."""

    def __init__(self, fn, wanted, folder):
        self.fn = fn
        self.folder = folder
        self.bar = None
        self.results = {}
        self.waiting = {}
        self.failed = []
        self.futures = {}
        for key, point in wanted.items():
            found = () if folder is None else _read(folder / key)
            if found:
                self.results[key] = found[0]
            else:
                self.waiting[key] = point

    def next_point(self) -> Any:
        return next(iter(self.waiting.values()))

    def reverse(self) -> None:
        """A point that kills its worker must not always go first."""
        self.waiting = dict(reversed(self.waiting.items()))

    def one_round(self, pool: Executor) -> bool:
        """Hand out every waiting point and collect what comes back.

        Returns whether the pool broke; what it lost is waiting as before.
        """
        broken = not self._handed_out(pool)
        for future in as_completed(self.futures):
            key = self.futures.pop(future)
            if isinstance(future.exception(), BrokenExecutor):
                broken = True
            else:
                self._collect(key, future)
        return broken

    def _handed_out(self, pool):
        # A process that cannot unpack what it is sent dies without a word.
        packed = isinstance(pool, ProcessPoolExecutor)
        fn = _Parcel(self.fn) if packed else self.fn
        try:
            for key, point in self.waiting.items():
                path = None if self.folder is None else self.folder / key
                self.futures[pool.submit(_at_point, fn, point, path)] = key
        except BrokenExecutor:
            return False
        return True

    def _collect(self, key, future):
        point = self.waiting.pop(key)
        try:
            result = _unpacked(future.result())
            if self.folder is not None:
                _write(self.folder / key, result)
            self.results[key] = result
        except (Exception, SystemExit) as error:
            error.add_note(f"This came from the point {point!r} of the sweep.")
            self.failed.append(error)
        self.bar.update()

    def close(self) -> None:
        self.bar.close()
        for future in self.futures:
            future.cancel()


def _check(fn, executor):
    if not callable(fn):
        raise ValueError(f"fn is {fn!r}; expected a function of a point.")
    if executor is not None and not hasattr(executor, "submit"):
        raise ValueError(
            f"executor is {executor!r}; expected one of concurrent.futures, such as"
            " ThreadPoolExecutor(4)."
        )


def _code_key(fn):
    """What a function would do, as a hash."""
    try:
        return content_key(fn)
    except Unknown as unknown:
        raise ValueError(
            f"fn depends on a {unknown}, whose content cannot be told, nor its results"
            " from older ones in folder; make it inside fn, or leave out folder."
        ) from None


def _key(code, point):
    """A file name, the same in every process and machine."""
    _check_plain(point)
    # Arguments are passed by name: their order is nothing.
    named = isinstance(point, Mapping)
    content = sorted(point.items(), key=_name) if named else point
    return content_key([code, named, content])[:32] + ".pickle"


def _name(item):
    return repr(item[0])


def _check_plain(value):
    """Only what has a content that another process would find again."""
    if isinstance(value, Mapping):
        parts = [part for item in value.items() for part in item]
    elif isinstance(value, (list, tuple)):
        parts = value
    elif isinstance(value, np.ndarray) and value.dtype.hasobject:
        parts = value.ravel().tolist()
    elif isinstance(value, (bool, int, float, str, NoneType, np.ndarray, np.generic)):
        parts = []
    else:
        raise ValueError(
            f"a point of the grid holds {value!r}; expected numbers, strings, lists,"
            " tuples, dicts or arrays."
        )
    for part in parts:
        _check_plain(part)


class _Parcel:
    """Something that is unpacked by who wants it, not on its way between processes."""

    def __init__(self, content):
        self.content = content

    def __getstate__(self):
        return {"packed": pickle.dumps(self.content)}


def _unpacked(value):
    if not isinstance(value, _Parcel):
        return value
    if hasattr(value, "content"):  # it never left this process
        return value.content
    try:
        return pickle.loads(value.packed)
    except Exception as error:
        error.add_note("It was pickled by one process and another cannot unpickle it.")
        raise


def _at_point(fn, point, path):
    """In the worker: the result, on disk too where there is a folder to keep it."""
    _one_thread()
    # A worker that died with its answer computed has left it on disk, if it sees the
    # same folder.
    found = () if path is None else _read(path)
    result = found[0] if found else _computed(_unpacked(fn), point)
    if path is not None and path.parent.is_dir():
        _write(path, result)
    return _Parcel(result) if isinstance(fn, _Parcel) else result


def _computed(fn, point):
    return fn(**point) if isinstance(point, Mapping) else fn(point)


@functools.cache
def _one_thread():
    """BLAS and torch with one thread, in a process of the sweep's own."""
    if multiprocessing.parent_process() is None:
        return
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    if importlib.util.find_spec("threadpoolctl"):
        importlib.import_module("threadpoolctl").threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def _read(path):
    """(result,), or nothing where there is none; a damaged file is taken away."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    packed, checksum = content[:-CHECKSUM], content[-CHECKSUM:]
    try:
        # What is damaged is never unpacked: that may take any time and memory.
        if _checksum(packed) == checksum:
            return (pickle.loads(packed),)
    except Exception:  # of a class that is not there any more, say
        pass
    path.unlink(missing_ok=True)
    return ()


def _write(path, result):
    """Whole or not at all: another name first, then renamed."""
    if path.exists():
        return
    packed = pickle.dumps(result)
    part = path.with_suffix(f".{uuid.uuid4().hex}")
    try:
        # Behind the end of a pickle, where who reads it does not look.
        part.write_bytes(packed + _checksum(packed))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _checksum(packed):
    return hashlib.sha256(packed).digest()
