"""One function over a grid, on any executor; each result is on disk as soon as it is
there.
"""

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
import types
import uuid
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np


def points(grid):
    """The points of a grid, in order: all combinations of a dict's values, the last
    name fastest; a list as it is.

    >>> points({"width": [64, 256], "seed": [0, 1]})[:2]
    [{'width': 64, 'seed': 0}, {'width': 64, 'seed': 1}]
    """
    try:
        if isinstance(grid, Mapping):
            return [
                dict(zip(grid, values)) for values in itertools.product(*grid.values())
            ]
        return list(grid)
    except TypeError:
        raise ValueError(
            f"grid is {grid!r}; expected a dict of lists, or a list of points."
        ) from None


def sweep(fn, grid, executor=None, folder=None, *, progress=True):
    r"""fn at every point of a grid, in parallel; what is done stays done.

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
    waiting, results, failed, barren = dict(zip(keys, order)), {}, [], 0
    if folder is not None:
        folder = Path(folder).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        results = {key: found[0] for key in waiting if (found := _read(folder / key))}
        waiting = {key: point for key, point in waiting.items() if key not in results}
    bar = _bar(len(waiting), progress)
    pool, futures = executor or ProcessPoolExecutor(), {}
    try:
        while waiting:
            count, broken = len(waiting), False
            try:
                for key, point in waiting.items():
                    futures[pool.submit(_run, fn, point, folder and folder / key)] = key
            except BrokenExecutor:
                broken = True
            for future in as_completed(futures):
                key, error = futures.pop(future), future.exception()
                if isinstance(error, BrokenExecutor):
                    broken = True
                    continue
                point = waiting.pop(key)
                if error is None:
                    results[key] = future.result()
                    if folder is not None:
                        _write(folder / key, results[key])
                else:
                    error.add_note(f"This came from the point {point!r} of the sweep.")
                    failed.append(error)
                bar.update()
            barren = 0 if len(waiting) < count else barren + 1
            if barren == 3:
                some = next(iter(waiting.values()))
                raise RuntimeError(
                    f"{count} points such as {some!r} killed their worker three times;"
                    " try one of them alone."
                )
            if broken:
                pool = ProcessPoolExecutor(getattr(pool, "_max_workers", None))
                waiting = dict(
                    reversed(waiting.items())
                )  # a point that kills its worker must not always go first
    finally:
        bar.close()
        for future in futures:
            future.cancel()
        if pool is not executor:
            pool.shutdown(wait=False, cancel_futures=True)
    if failed:
        raise failed[0]
    return [results[key] for key in keys]


def _key(fn, point):
    """A file name, equal for equal functions and points in every process and on every
    machine.
    """
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

    def plain(value):
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


def _run(fn, point, path):
    """In the worker. A worker that died with its answer computed has left it on disk,
    if it sees the same folder.
    """
    _one_thread()
    if path and (found := _read(path)):
        return found[0]
    result = fn(**point) if isinstance(point, Mapping) else fn(point)
    if path and path.parent.is_dir():
        _write(path, result)
    return result


@functools.cache
def _one_thread():
    """BLAS and torch with one thread, in a process of the sweep's own."""
    if multiprocessing.parent_process() is None:
        return
    os.environ.update(
        dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
        )
    )
    if importlib.util.find_spec("threadpoolctl"):
        importlib.import_module("threadpoolctl").threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def _read(path):
    """(result,), or nothing where the file is missing or was cut short by a full disk."""
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


def _bar(total, progress):
    if (
        not progress
        or os.environ.get("FBKIT_SITE")
        or not importlib.util.find_spec("tqdm")
    ):
        return types.SimpleNamespace(update=lambda: None, close=lambda: None)
    from tqdm import tqdm

    return tqdm(total=total, delay=1.0, leave=False, unit="point")
