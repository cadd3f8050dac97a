"""The key of a claim: it changes with everything that a measured value depends on, and
with nothing else.
"""

import re
import shutil
from pathlib import Path

import pytest

import fbkit
from fbkit import ledger
from fbkit.ledger import key

REGISTRY = ledger.registry()
FUNCTIONS = {id: one.function for id, one in REGISTRY.items()}
BEFORE = {id: key.key_of(function) for id, function in FUNCTIONS.items()}


@pytest.fixture
def edit(tmp_path, monkeypatch):
    """Edits a file in a copy of fbkit and tells which claims' (own, library) keys
    differ then.
    """
    place = tmp_path / "fbkit"
    leave_out = shutil.ignore_patterns("__pycache__", "records", "calibrations")
    shutil.copytree(Path(fbkit.__file__).parent, place, ignore=leave_out)
    monkeypatch.setattr(key, "ROOT", place)

    def changed(name, change):
        path = place / name
        before = path.read_bytes()
        after = change(before) if path.suffix != ".py" else text(before, change)
        assert after != before, f"nothing to edit in {name}"
        path.write_bytes(after)
        key.forget()
        now = {id: key.key_of(function) for id, function in FUNCTIONS.items()}
        own = {id for id in now if now[id][0] != BEFORE[id][0]}
        library = {id for id in now if now[id][1] != BEFORE[id][1]}
        return own, library

    def text(before, change):
        return change(before.decode("utf-8")).encode("utf-8")

    yield changed
    monkeypatch.undo()
    key.forget()


def of(chapter):
    return {id for id, one in REGISTRY.items() if one.folder.name == chapter}


def test_a_copy_has_the_same_keys(edit):
    own, library = edit("history.py", lambda text: text + "\n# a comment\n")
    assert own == library == set()


def test_comments_docstrings_annotations_layout_and_errors_do_not_count(edit):
    def change(text):
        text = re.sub(r'(?m)^(    r?""")(?=[A-Z])', r"\1Reworded. ", text)
        text = re.sub(r" -> [\w.]+:", ":", text)
        text = text.replace("raise ValueError(", "raise ValueError(\n        'so' ")
        return text.replace("\n\n\n", "\n\n\n# why\n\n")

    assert edit("basis/fourier.py", change) == (set(), set())


def test_a_helper_of_a_chapter_counts_for_the_claims_that_use_it(edit):
    name = "chapters/linear_frequency_principle/claims.py"
    own, library = edit(name, lambda text: text.replace("100 *", "777 *", 1))
    assert own and own <= of("linear_frequency_principle") and library == set()


def test_a_constant_of_a_chapter_counts(edit):
    own, library = edit(
        "chapters/linear_frequency_principle/claims.py",
        lambda text: (
            re.sub(r"(?m)^X = .*", "X = np.zeros(3)", text)
            if re.search(r"(?m)^X = ", text)
            else re.sub(r"(?m)^X, Y = ", "X, Y = Y, X = ", text)
        ),
    )
    assert len(own) > 3 and own <= of("linear_frequency_principle")
    assert library == set()


def test_a_helper_in_another_chapter_counts(tmp_path, monkeypatch):
    """One chapter's claim calls another chapter's helper, which reads a constant."""

    def measured(seed):
        return seed

    def key_with(constant):
        files = {
            "one": "from fbkit.chapters.two.claims import helper\n\n"
            "def measured(seed):\n    return helper(seed)\n",
            "two": f"FACTOR = {constant}\n\n"
            "def helper(seed):\n    return FACTOR * seed\n",
        }
        for chapter, text in files.items():
            folder = tmp_path / "chapters" / chapter
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "claims.py").write_text(text, encoding="utf-8")
        key.forget()
        return key.key_of(measured)

    measured.__module__ = "fbkit.chapters.one.claims"
    measured.__qualname__ = "measured"
    monkeypatch.setattr(key, "ROOT", tmp_path)
    first, again, other = key_with(2), key_with("2  # why"), key_with(3)
    monkeypatch.undo()
    key.forget()
    assert first == again and first[0] != other[0] and first[1] == other[1]


def test_the_contents_of_a_data_file_count(edit):
    own, library = edit("data/bell.wav", lambda data: data[:-2] + b"zz")
    assert "bell-bands" in own and len(own) < 20 and library == set()


def test_the_contents_of_a_stored_run_count(edit):
    name = "chapters/sphere_eigenfunctions/runs.npz"
    own, library = edit(name, lambda data: data[:-2] + b"zz")
    assert own and own <= of("sphere_eigenfunctions") and library == set()


def test_a_function_of_the_library_counts_for_those_that_reach_it(edit):
    name = "fbkit.targets.electrocardiogram"
    asked = {id for id, f in FUNCTIONS.items() if name in key.reached(f)}
    own, library = edit(
        "targets.py",
        lambda text: re.sub(
            r"(?ms)^(def electrocardiogram\(.*?)\n    return ",
            r"\1\n    start = 0\n    return ",
            text,
            count=1,
        ),
    )
    assert own == set() and library == asked
    assert 0 < len(library) < len(REGISTRY) / 4


def test_a_table_of_the_library_counts(edit):
    own, library = edit(
        "activations.py", lambda text: text.replace('in_torch="tanh"', 'in_torch="t"')
    )
    assert own == set() and 20 < len(library) < len(REGISTRY)


def test_the_wording_of_refusals_counts_for_nobody(edit):
    changed = edit("_errors.py", lambda text: text.replace("expected", "wanted"))
    assert changed == (set(), set())


def test_a_local_name_is_not_the_modules():
    def quiet(seed, claims=1):
        BEFORE = seed + claims
        return BEFORE

    def reads(seed):
        return len(BEFORE) + seed

    assert not {name for name in key.reached(quiet) if name.endswith("BEFORE")}
    assert {name for name in key.reached(reads) if name.endswith("BEFORE")}


def test_an_entry_depends_on_all_that_its_theory_reaches(edit):
    """Also through a lambda, and not on what the claim alone measures."""
    id, file = "missing-samples", "chapters/activation_in_use/claims.py"
    before = key.key_of_entry(FUNCTIONS[id])
    edit(file, lambda text: text + "\n# a comment\n")
    assert key.key_of_entry(FUNCTIONS[id]) == before
    edit(file, lambda text: text.replace("SHOWN[::-1]", "SHOWN[::1]"))
    changed = key.key_of_entry(FUNCTIONS[id])
    assert changed != before
    edit(
        file,
        lambda text: text.replace("return missing(seed)", "return 2 * missing(seed)"),
    )
    assert key.key_of_entry(FUNCTIONS[id]) == changed
