"""Builds the site into _build/html: `make book`, and `make page P=...`
for one page.
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
# What a page's outputs depend on, what its frame depends on.
CODE = ["fbkit/**/*", "labs/**/*"]
FRAME = [
    "book/static/**/*",
    "book/_ext/*.py",
    "_config.yml",
    "_toc.yml",
    "constraints.txt",
]


def digest(patterns: list[str]) -> str:
    """One hash for the names and contents of the files the patterns
    match.

    >>> digest(["LICENSE"]) == digest(["LICENSE"]) != digest(["_toc.yml"])
    True
    """
    found = hashlib.sha256()
    for path in sorted(
        {path for pattern in patterns for path in ROOT.glob(pattern)}
    ):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(
                f"{path.relative_to(ROOT)}\0".encode()
                + path.read_bytes()
            )
    return found.hexdigest()


def changed(name: str, patterns: list[str]) -> bool:
    """Whether the files differ from the last build's; remembers them
    for the next.
    """
    stamp, now = BUILD / "stamps" / name, digest(patterns)
    before = stamp.read_text() if stamp.exists() else None
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(now)
    return before not in (None, now)


def drop_stale() -> None:
    """Drop what Sphinx and jupyter-cache cannot see to be stale: they
    watch the pages' own files only.
    """
    if changed("code", CODE):
        print(
            "fbkit or a lab changed since the last build: every"
            " notebook runs again.",
            flush=True,
        )
        shutil.rmtree(BUILD / ".jupyter_cache", ignore_errors=True)
        drop_pages()
    if changed("frame", FRAME):
        print(
            "The site's configuration or scripts changed: every page is"
            " written again.",
            flush=True,
        )
        drop_pages()


def drop_pages() -> None:
    shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)
    shutil.rmtree(BUILD / "html", ignore_errors=True)


def join_explorers() -> None:
    """Front end and engines in one script, so that no page holds a
    copy.
    """
    from fbkit.explorers import site_script

    joined = BUILD / "joined" / "explorers.js"
    joined.parent.mkdir(parents=True, exist_ok=True)
    joined.write_text(site_script(), encoding="utf-8")


def jupyter_book(*arguments: str) -> int:
    environment = dict(
        os.environ, FBKIT_SITE="1", PYDEVD_DISABLE_FILE_VALIDATION="1"
    )
    command = [
        str(Path(sys.executable).with_name("jupyter-book")),
        "build",
        str(ROOT),
        *arguments,
    ]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def book() -> int:
    print(
        "Building the site: notebooks that are new or changed are run.",
        flush=True,
    )
    drop_stale()
    join_explorers()
    for part in (
        "ledger",
        "lab page",
    ):  # what the pages read: _build/claims.json, book/labs
        if code := subprocess.run(
            [sys.executable, "-m", *f"fbkit.{part}".split()], cwd=ROOT
        ).returncode:
            return code
    code = jupyter_book("-W", "--keep-going")
    if code:
        # or the next build would find its pages up to date and forget
        # their warnings
        drop_pages()
        print(
            "The site was not built: the warnings above are errors.",
            flush=True,
        )
        return code
    print(
        f"The site is at {BUILD / 'html' / 'index.html'}; `make serve`"
        " serves it.",
        flush=True,
    )
    return 0


def page(name: str) -> int:
    """One page alone, in _build/page: links to other pages stay open,
    so warnings are only shown.
    """
    path = (ROOT / name).resolve()
    if not path.is_file() or ROOT not in path.parents:
        print(
            f"No page {name!r}: give a file of the course, as in make"
            " page P=book/notation.md."
        )
        return 2
    join_explorers()
    toc = BUILD / "page" / "_toc.yml"
    toc.parent.mkdir(parents=True, exist_ok=True)
    toc.write_text(
        "format: jb-book\nroot:"
        f" {path.relative_to(ROOT).with_suffix('').as_posix()}\n"
    )
    code = jupyter_book(
        "--toc", str(toc), "--path-output", str(toc.parent)
    )
    if not code:
        print(
            "The page is at"
            f" {(BUILD / 'page/_build/html' / name).with_suffix('.html')}.",
            flush=True,
        )
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", help="build this page alone")
    name, start = parser.parse_args().page, time.monotonic()
    os.environ.setdefault(
        "OMP_NUM_THREADS", "1"
    )  # small problems: more threads only slow them down
    code = book() if name is None else page(name)
    print(f"{time.monotonic() - start:.0f} s.", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
