"""One idea, one word: the names of parameters are those of book/notation.md, and what
pages and labs call twice has a flat address.
"""

import ast
import collections
import importlib
import inspect
import json
import re
from pathlib import Path

import pytest

import fbkit

ROOT = Path(__file__).parents[2]
LEFT_OUT = {"chapters", "data"}  # a chapter's own, a script
PARTS = sorted(
    path.stem
    for path in Path(fbkit.__file__).parent.iterdir()
    if path.suffix in ("", ".py") and path.stem[0] != "_" and path.stem not in LEFT_OUT
)
# Called by their module on purpose: fb.plot.decay, fb.lab.check.
NAMESPACES = {"plot", "lab", "ledger", "explorers"}


def vocabulary():
    """The words between backticks in the table of words."""
    text = (ROOT / "book" / "notation.md").read_text(encoding="utf-8")
    section = re.search(r"(?s)## Words of the signatures\n(.*?)\n## ", text)[1]
    return set(re.findall(r"`([A-Za-z_]+)`", section))


def public(part):
    """Functions of a part of the package, and methods of its classes, by name."""
    module = importlib.import_module(f"fbkit.{part}")
    for name, thing in vars(module).items():
        ours = (getattr(thing, "__module__", None) or "").startswith(f"fbkit.{part}")
        if name.startswith("_") or not ours:
            continue
        if inspect.isfunction(thing):
            yield name, thing
        elif inspect.isclass(thing):
            for method, function in vars(thing).items():
                if inspect.isfunction(function) and not method.startswith("_"):
                    yield f"{name}.{method}", function


@pytest.mark.parametrize("part", PARTS)
def test_every_parameter_is_a_word_of_the_vocabulary(part):
    words = vocabulary()
    odd = [
        f"{name}({parameter})"
        for name, function in public(part)
        for parameter in inspect.signature(function).parameters
        if parameter != "self" and parameter not in words
    ]
    assert odd == [], "use a word of book/notation.md, or enter one there"


@pytest.mark.parametrize("part", PARTS)
def test_every_parameter_and_result_has_a_type(part):
    bare = []
    for name, function in public(part):
        signature = inspect.signature(function)
        typed = [
            parameter.annotation is not parameter.empty
            for parameter in signature.parameters.values()
            if parameter.name != "self"
        ]
        if not all(typed) or signature.return_annotation is signature.empty:
            bare.append(name)
    assert bare == []


def test_every_word_is_used():
    used = {
        parameter
        for part in PARTS
        for _, function in public(part)
        for parameter in inspect.signature(function).parameters
    }
    assert vocabulary() - used == set()


def sources():
    """The code of all pages and labs."""
    for path in [*ROOT.glob("book/*.ipynb"), *ROOT.glob("labs/*/*.ipynb")]:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield "".join(cell["source"])
    for path in ROOT.glob("labs/*/*.py"):
        yield path.read_text(encoding="utf-8")


def addresses(source):
    """Addresses under which a text calls functions of fbkit: "circle", "plot.decay"."""
    tree = ast.parse(re.sub(r"(?m)^[%!].*", "", source))
    imported = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "fbkit."
        ):
            for alias in node.names:
                part = node.module.removeprefix("fbkit.")
                imported[alias.asname or alias.name] = f"{part}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, *rest = ast.unparse(node.func).split(".")
            if first == "fb":
                yield ".".join(rest)
            elif first in imported:
                yield ".".join([imported[first], *rest])


def test_what_is_called_twice_is_flat():
    calls = collections.Counter(
        address for source in sources() for address in addresses(source)
    )
    assert calls["circle"] > 5  # the walk found something
    deep = {}
    for address, count in calls.items():
        part, *names = address.split(".")
        if part not in NAMESPACES | LEFT_OUT and part in PARTS and len(names) == 1:
            deep[address] = count
    assert {a: n for a, n in deep.items() if n >= 2} == {}, "enter it in CONTENTS"
    flat = {a: n for a, n in deep.items() if a.split(".")[1] in fbkit.__all__}
    assert flat == {}, "it has a flat address: one idea, one spelling"
