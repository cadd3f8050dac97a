"""Runs the notebooks on all cores into the cache that Sphinx reads.

Sphinx itself would run them one after another.
"""

import atexit
import contextlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import yaml
from build_kernels import fork_kernels
from build_log import plain
from build_state import BUILD, CACHE, ROOT, key, keys, write
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_cache.cache.db import DB_NAME
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellControlSignal,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbformat import NotebookNode
from page_cells import prepare
from sphinx_external_toc.parsing import parse_toc_yaml
from sqlalchemy.exc import SQLAlchemyError

PATIENCE = 60  # s
# Seconds that each page took; the longest are begun first.
TIMES = BUILD / "times.json"


class Failed(Exception):
    """A notebook that did not run; its text is for the author."""


@dataclass
class Page:
    """A notebook of the table of contents, as its file is now."""

    name: str
    notebook: NotebookNode
    seconds: float = 0.0
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return ROOT / f"{self.name}.ipynb"


def pages(toc: Path) -> list[Page]:
    """The notebooks that a table of contents names."""
    names = parse_toc_yaml(toc).keys()
    there = [n for n in names if (ROOT / f"{n}.ipynb").is_file()]
    return [Page(name, read(name)) for name in there]


def read(name: str) -> NotebookNode:
    """The notebook as Sphinx will have it: its tags are changed."""
    text = (ROOT / f"{name}.ipynb").read_text(encoding="utf-8")
    try:
        return nbformat.reads(prepare(text), as_version=4)
    except Exception as error:  # nbformat has no one class for these
        reason = str(error).partition("\n")[0]
        raise Failed(f"{name}.ipynb is no notebook: {reason}") from None


# ---- the cache ----


def open_cache(say: Callable[[str], None]) -> JupyterCacheAbstract:
    """The cache; one that cannot be read is dropped."""
    if not is_sound(CACHE / DB_NAME):
        say("The notebook cache is damaged: every notebook runs again.")
        shutil.rmtree(CACHE)
    return get_cache(CACHE)


def is_sound(path: Path) -> bool:
    """Whether a database has nothing wrong, or is not there yet."""
    if not path.parent.exists():
        return True
    try:
        with contextlib.closing(sqlite3.connect(path)) as database:
            fault = database.execute(
                "pragma integrity_check"
            ).fetchone()
            database.execute("select * from nbcache").fetchall()
        get_cache(CACHE).list_cache_records()
        return fault == ("ok",)
    except (sqlite3.Error, SQLAlchemyError, ValueError, TypeError):
        return False


def is_fresh(cache: JupyterCacheAbstract, page: Page) -> bool:
    """Whether the cache holds what the page would give if it ran now.

    What it holds of old or broken outputs is taken out: Sphinx asks no
    such question.
    """
    try:
        record = cache.match_cache_notebook(page.notebook)
    except KeyError:
        return False
    try:
        known = dict(record.data["keys"])
        fits = all(key(name) == one for name, one in known.items())
        if known and fits:
            cache.merge_match_into_notebook(page.notebook)
            return True
    except Exception:  # what it holds is missing, cut off or another's
        pass
    take_out(cache, record)
    return False


def take_out(cache: JupyterCacheAbstract, record) -> None:
    folder = CACHE / "executed" / record.hashkey
    folder.mkdir(parents=True, exist_ok=True)
    # Without its file jupyter-cache refuses to forget a record.
    (folder / "base.ipynb").touch()
    cache.remove_cache(record.pk)


def keep(cache: JupyterCacheAbstract, page: Page) -> None:
    data = {"execution_seconds": page.seconds, "keys": page.keys}
    bundle = CacheBundleIn(page.notebook, str(page.path), data=data)
    cache.cache_notebook_bundle(
        bundle, check_validity=False, overwrite=True
    )


# ---- running ----


class Kernels:
    """The kernels that are running, so that they can be stopped."""

    def __init__(self):
        self.running: set[AsyncKernelManager] = set()
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True
        for manager in list(self.running):
            process = getattr(manager.provisioner, "process", None)
            if process is not None:
                process.kill()

    def run(self, page: Page) -> Page:
        """Run one page; its notebook then holds the outputs."""
        if self.stopped:
            return page
        client = Client(
            page.notebook,
            timeout=timeout(),
            # Times in a cell's metadata would make it another cell.
            record_timing=False,
            resources={"metadata": {"path": str(page.path.parent)}},
        )
        manager = client.create_kernel_manager()
        # It may say what it opened when it has the time to.
        manager.shutdown_wait_time = PATIENCE
        self.running.add(manager)
        started = time.time()
        try:
            client.execute(env={**os.environ, "FBKIT_SITE": "1"})
        except (CellControlSignal, RuntimeError) as error:
            raise Failed(told(page, client.cell, error)) from error
        finally:
            self.running.discard(manager)
            # It stays where a kernel was killed before it was ready.
            atexit.unregister(client._cleanup_kernel)
        page.seconds = time.time() - started
        page.keys = keys(opened(manager), started)
        return page


class Client(NotebookClient):
    """Remembers which cell is running."""

    cell = 0

    async def async_execute_cell(self, cell, cell_index, **options):
        self.cell = cell_index
        return await super().async_execute_cell(
            cell, cell_index, **options
        )


def timeout() -> int:
    """Seconds a cell may take, as _config.yml says."""
    whole = yaml.safe_load(
        (ROOT / "_config.yml").read_text(encoding="utf-8")
    )
    return whole.get("execute", {}).get("timeout", 30)


def opened(manager: AsyncKernelManager) -> list[str] | None:
    """What the notebook's kernel opened, where it could tell."""
    connection = getattr(manager.provisioner, "opened", None)
    try:
        return connection.recv() if connection else None
    except (EOFError, OSError):  # it did not end by itself
        return None


def told(page: Page, index: int, error: Exception) -> str:
    """What went wrong in which cell, in a few lines."""
    cell = page.notebook.cells[index]
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, CellExecutionError):
        what = f"{error.ename}: {error.evalue}"
    elif isinstance(error, CellTimeoutError):
        what = f"it ran for more than {timeout()} s"
    elif isinstance(error, DeadKernelError):
        what = "its kernel died"
    source = "\n".join(f"    {x}" for x in cell.source.splitlines())
    what = " ".join(plain(what).split())  # the last line names the cell
    place = f"{page.name}.ipynb, cell {index + 1}"
    return f"{place}, did not run:\n{source}\n{place}: {what}"


def run_notebooks(
    toc: Path, log: Path, say: Callable[[str], None]
) -> tuple[int, int]:
    """Run what the cache lacks; how many ran, of how many there are.

    Raises Failed at the first one that does not run; the others are
    stopped.
    """
    every = pages(toc)
    cache = open_cache(say)
    waiting = [page for page in every if not is_fresh(cache, page)]
    for page in waiting:
        forget_page(page)
    fork_kernels(log)
    times = read_times()
    waiting.sort(key=lambda page: expected(page, times), reverse=True)
    kernels = Kernels()
    pool = ThreadPoolExecutor(cores())
    try:
        running = [pool.submit(kernels.run, page) for page in waiting]
        for number, done in enumerate(as_completed(running), start=1):
            page = done.result()
            keep(cache, page)
            times[page.name] = round(page.seconds, 1)
            count = f"({number} of {len(waiting)})"
            say(f"{count} {page.name}, {page.seconds:.0f} s")
    finally:
        kernels.stop()
        pool.shutdown(cancel_futures=True)
        write(TIMES, json.dumps(times, indent=1))
    return len(waiting), len(every)


def cores() -> int:
    return min(os.cpu_count() or 1, 8)


def read_times() -> dict[str, float]:
    try:
        known = json.loads(TIMES.read_text(encoding="utf-8"))
        return {name: float(known[name]) for name in dict(known)}
    except (OSError, ValueError, TypeError):
        return {}


def expected(page: Page, times: dict[str, float]) -> tuple[float, int]:
    """Seconds of the last run; new ones come first, long ones ahead."""
    size = sum(len(cell.source) for cell in page.notebook.cells)
    return times.get(page.name, float("inf")), size


def forget_page(page: Page) -> None:
    """Sphinx reads a page again that it has no tree of."""
    tree = BUILD / ".doctrees" / f"{page.name}.doctree"
    tree.unlink(missing_ok=True)
