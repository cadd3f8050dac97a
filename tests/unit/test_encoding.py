"""Text is UTF-8 in every file, whatever the machine's own encoding is."""

import ast
import os
import subprocess
import sys

import pytest

from tests.course import ROOT

FOLDERS = ("fbkit", "book/_ext", "labs", "tests")
SOURCES = [ROOT / "conftest.py"]
SOURCES += [
    path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))
]
# A machine whose encoding has no π, as Windows' has none.
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
# Their `open` is not that of a text file.
OTHERS = {"os", "wave", "Image", "self"}


def faults(source):
    """Lines of calls that read or write text in an encoding of the machine's."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return sorted(call.lineno for call in calls if is_open(call))


def is_open(call):
    """Whether a call leaves the encoding open."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in given or None in given:
        return False
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in ("read_text", "write_text"):
        return len(call.args) == (name == "write_text")
    if name == "fdopen" or (name == "open" and owner(call) not in OTHERS):
        return "b" not in mode(call, given)
    return is_true(given.get("text")) or is_true(given.get("universal_newlines"))


def owner(call):
    return getattr(getattr(call.func, "value", None), "id", None)


def mode(call, given):
    """Of `open(path, mode)` and `path.open(mode)`."""
    place = int(isinstance(call.func, ast.Name) or owner(call) == "os")
    node = given.get("mode", call.args[place] if len(call.args) > place else None)
    return node.value if isinstance(node, ast.Constant) else "r"


def is_true(node):
    return isinstance(node, ast.Constant) and node.value is True


def test_every_file_is_opened_with_an_encoding():
    found = {
        path.relative_to(ROOT).as_posix(): faults(path.read_text(encoding="utf-8"))
        for path in SOURCES
    }
    assert len(found) > 150 and not {name: at for name, at in found.items() if at}


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("open('a')", True),
        ("open('a', 'w')", True),
        ("path.open('a+')", True),
        ("os.fdopen(3)", True),
        ("path.read_text()", True),
        ("path.write_text(text)", True),
        ("subprocess.run(['ls'], text=True)", True),
        ("open('a', 'rb')", False),
        ("open('a', encoding='utf-8')", False),
        ("path.open('rb')", False),
        ("os.open('a', os.O_RDONLY)", False),
        ("os.fdopen(3, 'wb')", False),
        ("path.read_text('utf-8')", False),
        ("path.write_text(text, encoding='utf-8')", False),
        ("subprocess.run(['ls'], encoding='utf-8')", False),
        ("subprocess.run(['ls'], **options)", False),
    ],
)
def test_a_file_without_encoding_is_seen(source, seen):
    assert bool(faults(source)) == seen


EVERYTHING = """
import sys, tempfile, warnings
from pathlib import Path

warnings.filterwarnings("error", category=EncodingWarning, module="fbkit|build_|page_")
import fbkit as fb
from fbkit.explorers import engine_script, registry, site_files, site_style
from fbkit.ledger.stored import read_build

assert "π" in "".join(site_files().values()) and site_style()
assert all(engine_script(name) is not None for name in registry())
fb.explore("when_it_fails")
read_build()

sys.path.insert(0, "book/_ext")
import build, build_log, build_notebooks, build_state

build.BUILD = build_state.BUILD = Path(tempfile.mkdtemp())
build.join_explorers()
assert build_state.matches(["fbkit/*.py"]) and build_state.versions()
assert build_notebooks.pages(Path("_toc.yml")) and build_notebooks.timeout() > 0
build_log.LOG = build.BUILD / "log"
log = build_log.Log()
log.say("From −1 to π")
command = [sys.executable, "-c", r"print('\\u2212\\u03c0')"]
assert log.run(command).out == ["−π"]
print("well")
"""


LEDGER = """
import sys
from fbkit.ledger import __main__ as ledger

ledger.act = lambda action, which: ledger.say("−π") or 0
sys.argv = ["fbkit.ledger"]
sys.exit(ledger.main())
"""


def run(folder, script, *options):
    """Run a script on a machine whose encoding has few letters; what it printed."""
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, *options, str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **PLAIN},
        capture_output=True,
        encoding="ascii",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_explorers_and_build_do_not_ask_the_machine_for_an_encoding(tmp_path):
    """Neither silently, which Python warns of, nor where it is wrong."""
    said = run(tmp_path, EVERYTHING, "-X", "warn_default_encoding")
    assert said == "From \\u22121 to \\u03c0\nwell\n"


def test_the_ledger_prints_where_there_is_no_minus(tmp_path):
    assert run(tmp_path, LEDGER) == "\\u2212\\u03c0\n"
