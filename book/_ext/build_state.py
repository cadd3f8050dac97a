"""What the last build was made from: the next drops what is old.

Sphinx and jupyter-cache watch the pages' own files only.
"""

import functools
import hashlib
import json
import os
import shutil
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"
CACHE = BUILD / ".jupyter_cache"
STAMP = BUILD / "stamps" / "site"
# What Sphinx writes: pages, what it knows of them, outputs as files.
MADE = ["html", ".doctrees", "jupyter_execute"]
# A notebook that runs for the site never reads the front end, which all
# pages share as one script, nor the engines in it.
FRONT = ["fbkit/explorers/static/**/*", "fbkit/chapters/*/engine.js"]
# What a notebook's outputs depend on where no more is known.
CODE = ["fbkit/**/*", "labs/**/*", "_toc.yml"]
# What is only ever opened by its name: that it is there says nothing.
BY_NAME = [
    "fbkit/chapters/*/records/*",
    "fbkit/chapters/*/calibrations/*",
]
# What the pages are made from beside themselves.
SITE = [
    *CODE,
    "book/static/**/*",
    "book/_ext/**/*",
    "book/_templates/**/*",
    "_build/claims.json",
    "_config.yml",
    "constraints.txt",
]
# Addresses, where a build is given them (addresses.py).
SETTINGS = ["FBKIT_REPOSITORY", "FBKIT_SITE_ADDRESS"]
TICK = 0.02  # s; how much a file system's clock may be behind
PASSED_OVER = {"__pycache__", ".ipynb_checkpoints"}


def matches(patterns: list[str]) -> set[Path]:
    found = {path for one in patterns for path in ROOT.glob(one)}
    return {
        path
        for path in found
        if path.is_file() and not PASSED_OVER & set(path.parts)
    }


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
        found.update(f"{path.relative_to(ROOT)}\0".encode())
        if path not in closed:
            found.update(path.read_bytes())
    return found.hexdigest()


# ---- a notebook's outputs ----


def key(name: str) -> str:
    """A hash of one thing that outputs depend on.

    "names": the files that are there, and the libraries' versions;
    "code": everything; else a file by its path in the project.
    """
    if name == "code":
        return digest(CODE, FRONT)
    if name == "names":
        there = matches(["fbkit/**/*"]) - matches(BY_NAME)
        names = sorted(str(path.relative_to(ROOT)) for path in there)
        return digest_of([*names, *versions()])
    path = ROOT / name
    return digest_of([path.read_bytes()] if path.is_file() else [])


def digest_of(parts: list[str | bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(
            part if isinstance(part, bytes) else f"{part}\0".encode()
        )
    return found.hexdigest()


@functools.cache
def versions() -> list[str]:
    """The installed versions of what the notebooks may import."""
    whole = tomllib.loads(
        (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )["project"]
    wanted = (
        whole["dependencies"] + whole["optional-dependencies"]["course"]
    )
    found = [sys.version]
    for one in wanted:
        name = one.partition(">")[0]
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} is missing")
    return found


def keys(opened: list[str] | None, since: float) -> dict[str, str]:
    """Keys of what a notebook's outputs depend on, by name.

    `opened` are the files that it opened after the time `since`; None
    where that is not known. A file that was changed meanwhile gets a
    key that never fits: who knows which of the two was read.
    """
    if opened is None:
        return {"code": key("code"), "names": key("names")}
    found = {"names": key("names")}
    front = {
        path.relative_to(ROOT).as_posix() for path in matches(FRONT)
    }
    for name in set(opened) - front:
        path = ROOT / name
        changed = path.is_file() and path.stat().st_ctime > since - TICK
        found[name] = "changed meanwhile" if changed else key(name)
    return found


def inside(path: str) -> str | None:
    """A path's name in the project; None outside, or if it is made."""
    place = Path(path)
    if not place.is_relative_to(ROOT) or place.is_dir():
        return None
    name = place.relative_to(ROOT)
    made = name.parts[0].startswith((".", "_build"))
    return None if made else name.as_posix()


# ---- the site ----


def site_key() -> str:
    settings = [os.environ.get(name, "") for name in SETTINGS]
    return digest_of([digest(SITE), *settings])


def begin_site() -> str:
    """Drop the pages unless the last build ended well with these files,
    and they are as it left them.

    The stamp is taken away until `end_site` writes it: a build that is
    killed leaves none.
    """
    now = site_key()
    fits = stamped() == now and is_whole()
    STAMP.unlink(missing_ok=True)
    if not fits:
        drop_pages()
    return now


def end_site(now: str) -> None:
    write(STAMP, json.dumps({"key": now, "made": made()}, indent=1))


def stamped(what: str = "key") -> object:
    """What the last build's stamp holds; None where it is damaged."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))[what]
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        RecursionError,
    ):
        return None


def is_whole() -> bool:
    """Whether all that the last build made is as it was.

    Sphinx asks only for the times of its files. A tree may be missing:
    then it reads the page again.
    """
    then, now = stamped("made"), made()
    if not isinstance(then, dict):
        return False
    missing = then.keys() - now.keys()
    trees = all(name.endswith(".doctree") for name in missing)
    return trees and all(then.get(name) == now[name] for name in now)


def made() -> dict[str, str]:
    """Hashes of the pages and of what Sphinx knows of them, by name."""
    files = (path for one in MADE for path in (BUILD / one).rglob("*"))
    return {
        path.relative_to(BUILD).as_posix(): digest_of(
            [path.read_bytes()]
        )
        for path in files
        if path.is_file()
    }


def drop_pages() -> None:
    for one in MADE:
        shutil.rmtree(BUILD / one, ignore_errors=True)


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
