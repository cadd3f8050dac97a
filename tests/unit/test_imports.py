"""`import fbkit` loads NumPy only; a module imports only modules of its own floor or
below, and never in a circle.
"""

import ast
import pickle
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

import fbkit

FOLDER = Path(fbkit.__file__).parent
FLOORS = [
    [
        "_errors",
        "_bounds",
        "_chapters",
        "_content",
        "_progress",
        "history",
        "basis",
        "sweeping",
    ],
    ["targets", "activations", "kernels"],
    ["dynamics", "pde", "interpolate", "breaklines"],
    ["nets", "observe", "training"],
    ["plot", "explorers", "ledger", "lab"],
    ["chapters"],
]
FLOOR = {name: k for k, names in enumerate(FLOORS) for name in names}
HEAVY = [
    "torch",
    "skfem",
    "scipy",
    "matplotlib",
    "anywidget",
    "ipywidgets",
    "sklearn",
    "pywt",
    "PIL",
    "tqdm",
    "pandas",
]


def test_import_loads_numpy_only():
    code = (
        f"import sys, fbkit; print([m for m in {HEAVY} if m in sys.modules], 'numpy' in"
        " sys.modules)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert out.strip() == "[] True"


def module_name(path):
    """Of a file: fbkit/basis/cube.py is fbkit.basis.cube."""
    parts = path.relative_to(FOLDER.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in FOLDER.rglob("*.py")}


def home(name):
    """The module where `fbkit.name` lives, which a lazy door hides."""
    thing = getattr(fbkit, name)
    if isinstance(thing, ModuleType):
        return thing.__name__
    return getattr(thing, "__module__", "fbkit")  # a table of its own has none


def named_in(node):
    """Full names of the modules of fbkit that one import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if node.module == "fbkit":
        return [home(alias.name) for alias in node.names]
    below = [f"{node.module}.{alias.name}" for alias in node.names]
    return [name if name in MODULES else node.module for name in below]


def imported(path):
    """Modules of fbkit that a file imports at any depth, as names of `import fbkit` or
    as attributes of it.
    """
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    found, doors = [], set()
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += named_in(node)
        if isinstance(node, ast.Import):
            doors |= {a.asname or a.name for a in node.names if a.name == "fbkit"}
    for node in nodes:
        of_a_door = (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in doors
        )
        if of_a_door and not node.attr.startswith("__"):
            found.append(home(node.attr))
    return {name for name in found if name in MODULES and name != "fbkit"}


def runs_first(name):
    """The modules whose code an import of `name` runs: its packages' and its own."""
    parts = name.split(".")
    return {".".join(parts[:k]) for k in range(2, len(parts) + 1)}


def import_graph():
    """{module: modules it makes Python run}, imports inside functions included."""
    graph = {}
    for name, path in MODULES.items():
        wanted = set().union(*(runs_first(other) for other in imported(path)))
        own_packages = runs_first(name) - {name}
        # A file inside a package is imported by it, not the other way round, unless it
        # asks for the package by name.
        graph[name] = wanted - (own_packages - imported(path)) - {name}
    return graph


def test_imports_run_downward():
    seen = set()
    for name, path in MODULES.items():
        if name == "fbkit" or name.startswith("fbkit.data"):
            continue
        part = name.split(".")[1]
        assert part in FLOOR, f"{path} has no floor: enter {part} in FLOORS"
        for other in imported(path):
            below = other.split(".")[1]
            seen.add(below)
            assert FLOOR[below] <= FLOOR[part], (
                f"{path} (floor {FLOOR[part]}) imports {below}"
            )
    assert {"_errors", "basis", "history"} <= seen  # the walk found something to check


def circle_in(graph):
    """The modules of a circle, in order, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_import_runs_in_a_circle():
    graph = import_graph()
    assert not circle_in(graph)
    assert "fbkit.observe.rates" in graph["fbkit.observe"]
    assert "fbkit.observe" in graph["fbkit.training.loop"]
    # The same search finds a circle once there is one.
    graph["fbkit.observe.rates"].add("fbkit.training.loop")
    assert "fbkit.training.loop" in circle_in(graph)


def test_functions_of_the_front_door_are_functions_and_pickle():
    for name in ("train", "train_ensemble", "sweep"):
        function = getattr(fbkit, name)
        assert not isinstance(function, ModuleType)
        assert pickle.loads(pickle.dumps(function)) is function


def test_every_public_name_exists_and_is_documented():
    for name in fbkit.__all__:
        assert (getattr(fbkit, name).__doc__ or "").strip(), name


def test_unknown_name_is_one_sentence():
    with pytest.raises(AttributeError, match="no_such_name") as caught:
        _ = fbkit.no_such_name
    assert "\n" not in str(caught.value)


def test_a_part_that_a_lab_lacks_is_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "fbkit.ledger", None)
    monkeypatch.delitem(vars(fbkit), "ledger", raising=False)
    monkeypatch.delitem(vars(fbkit), "claim", raising=False)
    with pytest.raises(ImportError, match="left out of a lab's fbkit"):
        _ = fbkit.claim
