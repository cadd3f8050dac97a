"""`import fbkit` loads NumPy only, and a module imports only modules of its own floor
or below.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import fbkit

FOLDER = Path(fbkit.__file__).parent
FLOORS = {
    "_errors": 0, "_chapters": 0, "history": 0, "basis": 0, "sweep": 0,
    "targets": 1, "activations": 1, "kernels": 1,
    "dynamics": 2, "pde": 2, "interpolate": 2, "breaklines": 2,
    "nets": 3, "probe": 3, "ensemble": 3, "train": 3,
    "plot": 4, "explorers": 4, "ledger": 4, "lab": 4, "chapters": 5,
}  # fmt: skip
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
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert out.strip() == "[] True"


def imported(path):
    """Names of fbkit's modules that a file imports at any depth."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "fbkit."
        ):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (
                a.name.split(".")[1] for a in node.names if a.name.startswith("fbkit.")
            )


def test_imports_run_downward():
    seen = set()
    for path in FOLDER.rglob("*.py"):
        name = path.relative_to(FOLDER).parts[0].removesuffix(".py")
        if name in ("__init__", "data"):
            continue
        assert name in FLOORS, f"{path} has no floor: enter {name} in FLOORS"
        for other in imported(path):
            seen.add(other)
            assert FLOORS[other] <= FLOORS[name], (
                f"{path} (floor {FLOORS[name]}) imports {other}"
            )
    assert {"_errors", "basis", "history"} <= seen  # the walk found something to check


def test_every_public_name_exists_and_is_documented():
    for name in fbkit.__all__:
        assert (getattr(fbkit, name).__doc__ or "").strip(), name


def test_unknown_name_is_one_sentence():
    with pytest.raises(AttributeError, match="no_such_name") as caught:
        _ = fbkit.no_such_name
    assert "\n" not in str(caught.value)
