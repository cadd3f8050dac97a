"""The package's reference: everything public is on a page of it, with an example."""

import importlib
import inspect
from pathlib import Path

import pytest

import fbkit
from tests.course import HTML

FOLDER = Path(fbkit.__file__).parent
# Parts of a course, not of the package, are documented by the pages that use them.
NO_PARTS = {"chapters", "data"}
PARTS = sorted(
    path.stem
    for path in FOLDER.iterdir()
    if path.suffix in ("", ".py") and path.stem[0] != "_" and path.stem not in NO_PARTS
)
MACHINES = {"ledger", "explorers", "lab"}
LIBRARY = [part for part in PARTS if part not in MACHINES]


def public(part):
    """Functions and classes of a module, with those it gathers from its own folder."""
    module = importlib.import_module(f"fbkit.{part}")
    for name, thing in vars(module).items():
        home = getattr(thing, "__module__", None) or ""
        documented = inspect.isfunction(thing) or inspect.isclass(thing)
        if home.startswith(f"fbkit.{part}") and name[0] != "_" and documented:
            yield name, thing


@pytest.mark.parametrize("part", PARTS)
def test_everything_public_is_in_the_reference(part):
    folder = HTML / "book" / "api"
    pages = [path.read_text(encoding="utf-8") for path in folder.glob("*.html")]
    reference = "".join(pages)
    listed = [name for name, _ in public(part)]
    assert listed, part
    for name in listed:
        assert f'id="fbkit.{part}.{name}"' in reference, name


@pytest.mark.parametrize("part", LIBRARY)
def test_every_public_function_has_an_example(part):
    """Doctest runs them all; a class may show its use in its maker's docstring."""
    for name, thing in public(part):
        if inspect.isfunction(thing):
            assert ">>>" in (thing.__doc__ or ""), name
