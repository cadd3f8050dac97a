"""The Makefile's promises: the commands it would run, machines that lack something."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.course import ROOT

NO_MAKE = shutil.which("make") is None
pytestmark = pytest.mark.skipif(NO_MAKE, reason="make is not installed")


def without(*names: str) -> dict[str, str]:
    """This environment without some of its variables."""
    return {key: value for key, value in os.environ.items() if key not in names}


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8"
    )


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """`make` as someone without our variables would call it."""
    clean = without("PIP_FIND_LINKS", "MAKEFLAGS", "MAKELEVEL")
    return run(["make", *arguments], {**clean, **environment})


def installs(**environment: str) -> str:
    printed = make("-n", "setup", "VENV=_build/none", **environment).stdout
    return next(line for line in printed.splitlines() if "uv pip install" in line)


def test_torch_comes_from_a_folder_of_wheels_where_one_is_named():
    line = installs(PIP_FIND_LINKS="/some/wheels https://example.org/more")
    assert "--find-links /some/wheels --find-links https://example.org/more" in line
    assert "--torch-backend" not in line


def test_torch_comes_from_the_cpu_backend_otherwise():
    line = installs()
    assert "--torch-backend cpu" in line and "--find-links" not in line


def test_every_target_sets_up_first():
    for target in ("book", "test", "lab", "claims", "bench"):
        assert "uv pip install" in make("-n", target, "VENV=_build/none").stdout


def test_an_unchanged_environment_is_not_made_again(tmp_path):
    commands = lambda: make("-n", "setup", f"VENV={tmp_path}").stdout
    mark = Path(re.search(r"touch (\S+)", commands()).group(1))
    mark.touch()
    assert "uv pip install" not in commands()
    # As if pyproject.toml or constraints.txt had been another.
    mark.rename(tmp_path / "ready-0")
    assert "uv pip install" in commands()


def python(folder: Path, answer: str) -> str:
    """A stand-in for python3 on a machine that lacks something."""
    path = folder / "python3"
    version = '--version) echo "Python 3.9.2";;'
    path.write_text(
        f'#!/bin/sh\ncase "$*" in\n{answer}\n{version}\nesac\n', encoding="utf-8"
    )
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            "*version_info*) exit 1;;",
            "Python 3.9.2 is too old: the course needs 3.11 or newer",
        ),
        (
            "*ensurepip*) exit 1;;",
            "install its venv module (Debian: apt-get install python3-venv)",
        ),
    ],
)
def test_says_what_is_missing(tmp_path, answer, sentence):
    done = make("setup", f"VENV={tmp_path}/venv", f"PYTHON={python(tmp_path, answer)}")
    assert done.returncode != 0
    assert sentence in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "venv").exists()


def test_says_that_python_or_git_is_missing(tmp_path):
    venv = f"VENV={tmp_path}/venv"
    printed = make("setup", "PYTHON=nothing-here", venv).stdout
    assert "nothing-here is missing: install Python" in printed
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("make", "sh", "cat", "cksum", "cut"):
        (tools / name).symlink_to(shutil.which(name))
    assert "git is missing" in make("setup", venv, PATH=str(tools)).stdout


def test_pins_are_exact_and_name_no_place():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9._-]+==[a-z0-9.]+", line) for line in lines)
    assert "torch==2.13.0" in lines


def test_browser_tests_say_what_was_not_run(tmp_path):
    """Without a browser: skipped with a sentence, or an error where one is required."""
    command = [sys.executable, "-m", "pytest", "-rs", "tests/browser/test_watching.py"]
    bare = {**without("FBKIT_CHROMIUM", "FBKIT_REQUIRE_BROWSER"), "PATH": str(tmp_path)}
    sentence = "browser tests need Chromium"
    skipped = run(command, bare)
    assert skipped.returncode == 0 and sentence in skipped.stdout
    required = run(command, {**bare, "FBKIT_REQUIRE_BROWSER": "1"})
    assert required.returncode != 0 and sentence in required.stdout
