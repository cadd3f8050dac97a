"""The reference of the package: everything public is on a page of it, with an example."""

import importlib
import inspect
from pathlib import Path

import pytest

import fbkit
from tests.course import HTML

FOLDER = Path(fbkit.__file__).parent
# Parts of a course, not of the package, are documented by the pages that use them.
PARTS = sorted(
    p.stem
    for p in FOLDER.iterdir()
    if p.suffix in ("", ".py") and p.stem[0] != "_" and p.stem != "data"
)
PARTS = [part for part in PARTS if part != "chapters"]


def public(part):
    """Functions and classes of a module, those it gathers from its own folder included."""
    module = importlib.import_module(f"fbkit.{part}")
    for name, thing in vars(module).items():
        ours = (getattr(thing, "__module__", None) or "").startswith(f"fbkit.{part}")
        if (
            ours
            and not name.startswith("_")
            and (inspect.isfunction(thing) or inspect.isclass(thing))
        ):
            yield name, thing


@pytest.mark.parametrize("part", PARTS)
def test_everything_public_is_in_the_reference(part):
    pages = "".join(p.read_text(encoding="utf-8") for p in HTML.glob("book/api/*.html"))
    listed = [name for name, _ in public(part)]
    assert listed, part
    assert [name for name in listed if f'id="fbkit.{part}.{name}"' not in pages] == []


@pytest.mark.parametrize(
    "part", [part for part in PARTS if part not in ("ledger", "explorers", "lab")]
)
def test_every_public_function_has_an_example(part):
    """Doctest runs them all; a class may show its use in a method's or in its maker's
    docstring.
    """
    bare = [
        name
        for name, thing in public(part)
        if inspect.isfunction(thing) and ">>>" not in (thing.__doc__ or "")
    ]
    assert bare == []
