"""Builds the site into _build/html.

`make book` builds it all, `make page P=...` one page.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"
# What a page's outputs depend on, and what its frame depends on. A
# notebook run for the site never reads the front end, which all pages
# share as one script, nor the engines in it.
CODE = ["fbkit/**/*", "labs/**/*"]
FRONT = ["fbkit/explorers/static/**/*", "fbkit/chapters/*/engine.js"]
FRAME = [
    *FRONT,
    "book/static/**/*",
    "book/_ext/*.py",
    "book/_templates/*",
    "_config.yml",
    "_toc.yml",
    "constraints.txt",
]


def matches(patterns: list[str]) -> set[Path]:
    return {path for pattern in patterns for path in ROOT.glob(pattern)}


def digest(patterns: list[str], unread: list[str] = ()) -> str:
    """One hash for the names and contents of the files that match.

    Of the `unread` ones the names alone count: a chapter with an engine
    is another than one without.

    >>> digest(["LICENSE"]) == digest(["LICENSE"])
    True
    >>> digest(["LICENSE"]) == digest(["_toc.yml"])
    False
    """
    found = hashlib.sha256()
    closed = matches(unread)
    for path in sorted(matches(patterns)):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"{path.relative_to(ROOT)}\0".encode())
            if path not in closed:
                found.update(path.read_bytes())
    return found.hexdigest()


def changed(
    name: str, patterns: list[str], unread: list[str] = ()
) -> bool:
    """Whether the files differ from the last build's.

    Remembers them for the next.
    """
    now = digest(patterns, unread)
    stamp = BUILD / "stamps" / name
    before = (
        stamp.read_text(encoding="utf-8") if stamp.exists() else now
    )
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(now, encoding="utf-8")
    return before != now


def say(sentence: str) -> None:
    print(sentence, flush=True)


def drop_stale() -> None:
    """Drop what Sphinx and jupyter-cache cannot see to be stale.

    They watch the pages' own files only.
    """
    if changed("code", CODE, FRONT):
        say(
            "fbkit or a lab changed since the last build: every"
            " notebook runs again."
        )
        shutil.rmtree(BUILD / ".jupyter_cache", ignore_errors=True)
        drop_pages()
    if changed("frame", FRAME):
        say(
            "The site's configuration or scripts changed: every page is"
            " written again."
        )
        drop_pages()


def drop_pages() -> None:
    shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)
    shutil.rmtree(BUILD / "html", ignore_errors=True)


def join_explorers() -> None:
    """The explorers' front end, style and engines, a file each."""
    from fbkit.explorers import site_files

    folder = BUILD / "joined" / "explorers"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in site_files().items():
        (folder / name).write_text(text, encoding="utf-8")


def jupyter_book(*arguments: str) -> int:
    environment = {
        **os.environ,
        "FBKIT_SITE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    program = str(Path(sys.executable).with_name("jupyter-book"))
    command = [program, "build", str(ROOT), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment)
    return done.returncode


def module(*arguments: str) -> int:
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=ROOT).returncode


def book() -> int:
    say("Building the site: notebooks that are new or changed are run.")
    drop_stale()
    join_explorers()
    # What the pages read: _build/claims.json, book/labs.
    code = module("fbkit.ledger") or module("fbkit.lab", "page")
    if code:
        return code
    code = jupyter_book("-W", "--keep-going")
    if code:
        # Or the next build would find its pages up to date and forget
        # their warnings.
        drop_pages()
        say("The site was not built: the warnings above are errors.")
        return code
    index = BUILD / "html" / "index.html"
    say(f"The site is at {index}; `make serve` serves it.")
    return 0


def page(name: str) -> int:
    """One page alone, in _build/page.

    Links to other pages stay open, so warnings are only shown.
    """
    path = (ROOT / name).resolve()
    if not path.is_file() or ROOT not in path.parents:
        say(
            f"No page {name!r}: give a file of the course, as in make"
            " page P=book/notation.md."
        )
        return 2
    join_explorers()
    folder = BUILD / "page"
    folder.mkdir(parents=True, exist_ok=True)
    root = path.relative_to(ROOT).with_suffix("").as_posix()
    toc = folder / "_toc.yml"
    toc.write_text(f"format: jb-book\nroot: {root}\n", encoding="utf-8")
    code = jupyter_book("--toc", str(toc), "--path-output", str(folder))
    if not code:
        built = (folder / "_build/html" / name).with_suffix(".html")
        say(f"The page is at {built}.")
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", help="build this page alone")
    name = parser.parse_args().page
    start = time.monotonic()
    # Small problems: more threads only slow them down.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    code = book() if name is None else page(name)
    say(f"{time.monotonic() - start:.0f} s.")
    return code


if __name__ == "__main__":
    sys.exit(main())
