"""Builds the site into _build/html.

`make book` builds it all, `make page P=...` one page. The steps: claims
are measured, labs are packed, what is old is dropped, notebooks run
into a cache, Sphinx makes the pages from it.
"""

import argparse
import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from build_log import LOG, Log, in_project
from build_state import (
    BUILD,
    ROOT,
    begin_site,
    drop_pages,
    end_site,
    write,
)

try:
    import fcntl
except ImportError:
    fcntl = None

LITTLE = 200_000  # bytes: no step of the build could go on with them
FULL = "No space left on device"


class Stopped(Exception):
    """The build cannot go on; its text says why."""


@contextlib.contextmanager
def alone() -> Iterator[tuple[int, ...]]:
    """One build at a time; the second waits for the first.

    Gives the lock's file. It belongs to who has it open, so that one of
    a build that was killed is free; Windows has no such lock.
    """
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("a+", encoding="utf-8") as file:
        if fcntl is None:
            yield ()
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            whose = file.read() or "is running"
            print(f"Another build {whose}: waiting for its end.")
            sys.stdout.flush()
            fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        now = time.strftime("%H:%M:%S")
        # As a sentence of the one that waits.
        file.write(f"runs since {now}, process {os.getpid()}")
        file.flush()
        yield (file.fileno(),)


def stop_when_told(*_: object) -> None:
    """A build that is told to end stops what it has started."""
    raise KeyboardInterrupt


def join_explorers() -> None:
    """The explorers' front end, style and engines, a file each."""
    from fbkit.explorers import site_files

    for name, text in site_files().items():
        write(BUILD / "joined" / "explorers" / name, text)


def step(log: Log, name: str, *command: str, **settings: str) -> list:
    """Run a step to its end; what it printed."""
    done = log.run([sys.executable, *command], **settings)
    if done.code:
        raise Stopped(told(name, done.faults()))
    log.note(f"{name}: {done.seconds:.0f} s\n")
    return done.out


def told(name: str, faults: list[str]) -> str:
    """What went wrong in a step, and where all of its output is."""
    if any(FULL in line for line in faults):
        return disk_full()
    where = f"{name} failed; all output is in {in_project(LOG)}."
    return "\n".join([*faults, where])


def disk_full() -> str:
    return f"The disk of {in_project(BUILD)} is full: make room on it."


def measure_claims(log: Log) -> None:
    start = time.monotonic()
    said = step(log, "Claims", "-m", "fbkit.ledger")
    last = said[-1].rstrip(".") if said else "Claims: none"
    log.say(f"{last} ({time.monotonic() - start:.0f} s).")


def write_lab_pages(log: Log) -> None:
    start = time.monotonic()
    said = step(log, "Labs", "-m", "fbkit.lab", "page")
    seconds = time.monotonic() - start
    log.say(f"{len(said)} labs have their pages ({seconds:.0f} s).")


def run_notebooks(log: Log, toc: Path) -> None:
    from build_notebooks import Failed, run_notebooks

    try:
        ran, every = run_notebooks(toc, LOG, log.say)
    except Failed as error:
        raise Stopped(str(error)) from None
    kept = every - ran
    log.say(f"{ran} notebooks ran, {kept} are as they were.")


def make_pages(log: Log, *arguments: str) -> None:
    from build_notebooks import cores

    script = str(Path(__file__).with_name("build_sphinx.py"))
    command = [script, str(cores()), "build", str(ROOT), *arguments]
    log.say("Making the pages.")
    step(log, "Sphinx", *command, FBKIT_SITE="1")


def book(log: Log) -> None:
    measure_claims(log)
    write_lab_pages(log)
    join_explorers()
    now = begin_site()
    run_notebooks(log, ROOT / "_toc.yml")
    try:
        make_pages(log, "-W", "--keep-going")
    except Stopped:
        # Or the next build would find its pages up to date and forget
        # their warnings.
        drop_pages()
        raise
    end_site(now)
    site = BUILD / "html"
    pages = sum(1 for _ in site.rglob("*.html"))
    index = in_project(site / "index.html")
    log.say(f"The site is at {index}: {pages} pages, no warnings.")


def page(log: Log, name: str) -> None:
    """One page alone, in _build/page.

    Links to other pages stay open, so warnings are only in the log.
    """
    path = (ROOT / name).resolve()
    if not path.is_file() or ROOT not in path.parents:
        raise Stopped(
            f"No page {name!r}: give a file of the course, as in make"
            " page P=book/notation.md."
        )
    join_explorers()
    folder = BUILD / "page"
    # Sphinx does not see all that a page is made from.
    shutil.rmtree(folder, ignore_errors=True)
    root = path.relative_to(ROOT).with_suffix("").as_posix()
    toc = folder / "_toc.yml"
    write(toc, f"format: jb-book\nroot: {root}\n")
    run_notebooks(log, toc)
    make_pages(log, "--toc", str(toc), "--path-output", str(folder))
    built = (folder / "_build/html" / root).with_suffix(".html")
    log.say(f"The page is at {in_project(built)}.")


def build(name: str | None, lock: tuple[int, ...]) -> int:
    """Build the site or one page; the code that the process returns."""
    start = time.monotonic()
    log = Log(lock)
    what = "one page" if name else "the site"
    log.say(f"Building {what}; all output is in {in_project(LOG)}.")
    try:
        page(log, name) if name else book(log)
        code, last = 0, ""
    except Stopped as error:
        code, last = 1, str(error)
    except KeyboardInterrupt:
        code, last = 130, "Interrupted: what was built so far is kept."
    seconds = time.monotonic() - start
    log.say(f"{seconds:.0f} s.")
    if last:  # the reason is what is read
        log.say(last)
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", help="build this page alone")
    name = parser.parse_args().page
    signal.signal(signal.SIGTERM, stop_when_told)
    # Small problems: more threads only slow them down.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # Or each kernel's debugger warns of what nobody asked it.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    try:
        with alone() as lock:
            return build(name, lock)
    except KeyboardInterrupt:  # while it waits
        print("Interrupted.")
        return 130
    except Exception:  # each library has a class of its own for this
        if shutil.disk_usage(BUILD).free > LITTLE:
            raise
        print(disk_full())
        return 1


if __name__ == "__main__":
    sys.exit(main())
