"""One function over a grid, on any executor; what is computed is on disk at once."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import inspect
import itertools
import json
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
from typing import Any

import numpy as np

from fbkit._progress import progress_bar

# Rounds in a row without a single result after which a sweep gives up.
FRUITLESS = 3


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
    is computed, under a name made from the function (its name and source text) and the
    point. A second call with the same folder computes only what is missing, so an
    interrupted sweep goes on where it was: after Ctrl-C, after an error (which is
    raised once all other points are through), or after the machine went down. Where a
    worker dies and takes a pool of processes with it, the missing points go to a new
    pool.

    Parameters
    ----------
    fn : a function whose result depends on its arguments alone (pass the seed); it runs
        with one BLAS thread. Points should take half a second or more each, or handing
        them out costs more than they do.
    grid : a dict of lists, for all combinations; or a list of points. A point that is a
        dict is passed as `fn(**point)`, any other as `fn(point)`. Points hold numbers,
        strings, lists, dicts and arrays.
    executor : any `concurrent.futures.Executor`, such as
        `dask.distributed.Client(...).get_executor()`; default one process for each
        core. It is not shut down.
    folder : where results are kept (pickled, so read only folders you trust); default
        nowhere.
    progress : a bar, for sweeps over a second.

    Returns
    -------
    list of results, in the order of `points(grid)`.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> sweep(lambda a, b: a * b, {"a": [1, 2], "b": [3, 5]}, ThreadPoolExecutor())
    [3, 5, 6, 10]
    """
    order = points(grid)
    keys = [_key(fn, point) for point in order]
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
                    " three times; try one of them alone."
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
        try:
            for key, point in self.waiting.items():
                path = None if self.folder is None else self.folder / key
                self.futures[pool.submit(_at_point, self.fn, point, path)] = key
        except BrokenExecutor:
            return False
        return True

    def _collect(self, key, future):
        point = self.waiting.pop(key)
        error = future.exception()
        if error is not None:
            error.add_note(f"This came from the point {point!r} of the sweep.")
            self.failed.append(error)
        else:
            self.results[key] = future.result()
            if self.folder is not None:
                _write(self.folder / key, self.results[key])
        self.bar.update()

    def close(self) -> None:
        self.bar.close()
        for future in self.futures:
            future.cancel()


def _key(fn, point):
    """A file name from function and point, the same in every process and machine."""
    name = getattr(fn, "__qualname__", None)
    if name is None:
        raise ValueError(
            f"fn is {fn!r}, which has no name to keep results under; wrap it in a"
            " function made by def."
        )
    try:
        source = inspect.getsource(fn)
    except (OSError, TypeError):  # typed at a prompt, or built in
        source = ""

    def plain(value: Any) -> list | int | float:
        if isinstance(value, (np.ndarray, np.generic)):
            return value.tolist()
        raise ValueError(
            f"a point of the grid holds {value!r}; expected numbers, strings, lists,"
            " dicts or arrays."
        )

    text = json.dumps(
        [fn.__module__, name, source, point], sort_keys=True, default=plain
    )
    return hashlib.sha256(text.encode()).hexdigest()[:32] + ".pickle"


def _at_point(fn, point, path):
    """In the worker: the result, on disk too where there is a folder to keep it."""
    _one_thread()
    # A worker that died with its answer computed has left it on disk, if it sees the
    # same folder.
    found = () if path is None else _read(path)
    if found:
        return found[0]
    result = fn(**point) if isinstance(point, Mapping) else fn(point)
    if path is not None and path.parent.is_dir():
        _write(path, result)
    return result


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
    """(result,), or nothing where the file is missing or cut short by a full disk."""
    try:
        return (pickle.loads(path.read_bytes()),)
    except (FileNotFoundError, EOFError, pickle.UnpicklingError):
        return ()


def _write(path, result):
    """Whole or not at all: another name first, then renamed."""
    if not path.exists():
        part = path.with_suffix(f".{uuid.uuid4().hex}")
        part.write_bytes(pickle.dumps(result))
        part.replace(path)
