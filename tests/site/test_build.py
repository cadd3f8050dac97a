"""The build on a small course: what runs again, and what goes wrong."""

import contextlib
import copy
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest

from tests.course import ROOT
from tests.site.small_course import CONFIG, PAGES, SmallCourse

EVERY = ["first", "index", "second"]
# Runs until it is stopped, and says which process it is.
ENDLESS = """\
import os
Path("../../pid").write_text(str(os.getpid()))
while True: pass
"""


@pytest.fixture
def course(tmp_path):
    return SmallCourse(tmp_path / "a course")


@pytest.fixture
def built(course):
    code, said = course.build()
    assert code == 0, said
    assert sorted(course.ran()) == EVERY
    return course


def appears(path):
    """Wait for a file that another process writes."""
    end = time.monotonic() + 120
    while not (path.exists() and path.read_text(encoding="utf-8")):
        assert time.monotonic() < end, f"no {path.name}"
        time.sleep(0.05)
    return path.read_text(encoding="utf-8")


def is_gone(pid):
    """Whether a process ends within a while."""
    status = Path(f"/proc/{pid}/status")
    for _ in range(400):
        if not status.exists() or "State:\tZ" in status.read_text(encoding="utf-8"):
            return True
        time.sleep(0.05)
    return False


# ---- what runs again ----


def test_sphinx_runs_nothing_and_shows_what_the_notebooks_gave(tmp_path):
    course = SmallCourse(tmp_path / "a course", sphinx=True)
    code, said = course.build()
    assert code == 0, said
    assert sorted(course.ran()) == EVERY
    assert "hello" in course.html("first")
    assert "3 of 3" in said and "no warnings" in said

    assert "mybinder" not in course.html("first")

    course.write("fbkit/words.py", "WORD = 'goodbye'\n")
    code, said = course.build(FBKIT_REPOSITORY="https://github.com/some/course")
    assert code == 0, said
    assert course.ran() == ["first"]
    assert "goodbye" in course.html("first")
    assert "mybinder.org/v2/gh/some/course/main" in course.html("first")
    assert "github/some/course/blob/main/book/first.ipynb" in course.html("first")
    assert "1 notebooks ran, 2 are as they were" in said


def test_one_page_alone_shows_an_edit_of_the_library(tmp_path):
    """The author's own loop."""
    course = SmallCourse(tmp_path / "a course", sphinx=True)
    for word in ("hello", "once more"):
        course.write("fbkit/words.py", f"WORD = '{word}'\n")
        code, said = course.build("--page", "book/first.ipynb")
        assert code == 0, said
        assert course.ran() == ["first"]
        assert word in page_alone(course, "first")


def page_alone(course, name):
    path = course.made / "page" / "_build" / "html" / "book" / f"{name}.html"
    return path.read_text(encoding="utf-8")


def test_a_page_that_warns_is_no_site(tmp_path):
    course = SmallCourse(tmp_path / "a course", sphinx=True)
    course.write("_toc.yml", "format: jb-book\nroot: book/words\n")
    course.write("book/words.md", "# Words\n\n[nowhere](nowhere.md)\n")
    code, said = course.build()
    assert code == 1
    assert "book/words.md:3: WARNING" in said and "nowhere" in said
    assert "Traceback" not in said
    assert said.splitlines()[-1].startswith("Sphinx failed")


@pytest.mark.parametrize(
    "name",
    ["fbkit/others.py", "fbkit/explorers/static/front.js", "book/static/site.css"],
)
def test_what_no_notebook_reads_runs_none(built, name):
    built.write(name, "# second\n")
    built.build()
    assert built.ran() == []


def test_a_new_file_of_the_package_runs_all(built):
    built.write("fbkit/new.py", "")
    built.build()
    assert sorted(built.ran()) == EVERY


def test_a_notebook_that_starts_a_process_depends_on_all(course):
    course.notebook("second", "import subprocess\nsubprocess.run(['true'])")
    course.build()
    course.ran()
    course.write("fbkit/others.py", "OTHER = 2\n")
    course.build()
    assert course.ran() == ["second"]


def test_one_page_alone_uses_what_ran(built):
    code, said = built.build("--page", "book/second.ipynb")
    assert code == 0, said
    assert built.ran() == []
    built.write("fbkit/words.py", "WORD = 'goodbye'\n")
    built.build("--page", "book/first.ipynb")
    assert built.ran() == ["first"]


def test_the_longest_come_first(built):
    times = '{"book/index": 1, "book/first": 9, "book/second": 5}'
    (built.made / "times.json").write_text(times, encoding="utf-8")
    built.write("fbkit/new.py", "")
    one_core = "def cores() -> int:\n    return 1\n"
    script = built.root / "book" / "_ext" / "build_notebooks.py"
    text = script.read_text(encoding="utf-8")
    script.write_text(f"{text}\n\n{one_core}", encoding="utf-8")
    built.build()
    assert built.ran() == ["first", "second", "index"]


# ---- what goes wrong ----


def test_an_error_names_notebook_cell_and_error(course):
    course.notebook("second", "1 + 1", "int('x')")
    code, said = course.build()
    assert code == 1
    reason = said.splitlines()[-1]
    assert reason.startswith("book/second.ipynb, cell 4: ValueError: invalid literal")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "cell, reason",
    [
        ("import os; os._exit(1)", "cell 3: its kernel died"),
        ("while True: pass", "cell 3: it ran for more than 2 s"),
        ("1 +", "cell 3: SyntaxError: invalid syntax"),
        ("raise ValueError('one\\n\\ntwo')", "cell 3: ValueError: one two"),
    ],
)
def test_what_does_not_run_is_named_in_the_last_line(course, cell, reason):
    course.write("_config.yml", CONFIG.replace("timeout: 20", "timeout: 2"))
    course.notebook("second", cell)
    code, said = course.build()
    assert code == 1
    assert said.splitlines()[-1].startswith(f"book/second.ipynb, {reason}")


def test_a_file_that_is_no_notebook_has_a_name(course):
    course.write("book/second.ipynb", "{")
    code, said = course.build()
    assert code == 1
    assert said.splitlines()[-1].startswith("book/second.ipynb is no notebook")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_stops_the_kernels(course, number):
    course.write("_config.yml", CONFIG.replace("timeout: 20", "timeout: 900"))
    course.notebook("second", ENDLESS)
    process = course.start()
    kernel = int(appears(course.root.parent / "pid"))
    process.send_signal(number)
    try:
        said = process.communicate(timeout=60)[0]
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Interrupted: what was built so far is kept." in said.splitlines()
    assert "Traceback" not in said
    assert is_gone(kernel)


def test_a_killed_build_leaves_no_kernel_and_the_next_is_right(course):
    course.notebook("second", ENDLESS)
    process = course.start()
    kernel = int(appears(course.root.parent / "pid"))
    process.kill()
    process.wait()
    assert is_gone(kernel)
    course.notebook("second", "print('at last')")
    code, said = course.build()
    assert code == 0, said


def test_pages_of_a_build_that_was_killed_are_made_again(built):
    """One of them may have been cut off."""
    stamp, page = built.made / "stamps" / "site", built.made / "html" / "index.html"
    script = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n"
    built.write("book/_ext/build_sphinx.py", script)
    assert stamp.exists() and built.build()[0] == -signal.SIGKILL
    assert not stamp.exists()
    # As the last whole build had it: nothing else says that one was killed.
    built.write("book/_ext/build_sphinx.py", PAGES)
    page.parent.mkdir(exist_ok=True)
    page.with_name("cut.html").write_text("<p>half", encoding="utf-8")
    assert built.build()[0] == 0
    assert [path.name for path in page.parent.iterdir()] == ["index.html"]


# ---- what was damaged ----


@pytest.fixture
def state(tmp_path, monkeypatch):
    """The build's own module, for a site of two files that is built."""
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    import build_state

    monkeypatch.setattr(build_state, "ROOT", tmp_path)
    monkeypatch.setattr(build_state, "BUILD", tmp_path / "_build")
    monkeypatch.setattr(build_state, "STAMP", tmp_path / "_build" / "stamps" / "site")
    (tmp_path / "fbkit").mkdir()
    (tmp_path / "fbkit" / "words.py").write_text("WORD = 1", encoding="utf-8")
    now = build_state.begin_site()
    for name, content in MADE.items():
        build_state.write(tmp_path / "_build" / name, content.decode())
    build_state.end_site(now)
    return build_state


MADE = {
    "html/book/first.html": b"<p>first</p>",
    "html/searchindex.js": b"Search.setIndex({})",
    ".doctrees/environment.pickle": b"environment",
    ".doctrees/book/first.doctree": b"tree",
    "jupyter_execute/picture.svg": b"<svg/>",
}


def kept(state):
    """What a new build finds of the pages."""
    state.begin_site()
    found = (state.BUILD / name for name in MADE)
    return [path.relative_to(state.BUILD).as_posix() for path in found if path.exists()]


def test_pages_that_are_as_they_were_are_kept(state):
    state.end_site(state.begin_site())
    assert kept(state) == list(MADE)
    # The stamp comes back when a build has come to its end, and no sooner.
    assert not state.STAMP.exists()
    assert kept(state) == []


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "new"])
def test_a_damaged_page_or_index_drops_all(state, name, damage):
    path, whole = state.BUILD / name, MADE[name]
    changed = {"cut": whole[:-1], "empty": b"", "flipped": b"X" + whole[1:]}
    if damage == "new":
        path = path.with_name("another.html")
    times = os.stat(state.BUILD / name)
    path.write_bytes(changed.get(damage, b""))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert kept(state) == []


@pytest.mark.parametrize("name", MADE)
def test_a_missing_page_drops_all_and_a_missing_tree_is_read_again(state, name):
    (state.BUILD / name).unlink()
    others = [one for one in MADE if one != name]
    assert kept(state) == (others if name.endswith(".doctree") else [])


@pytest.mark.parametrize(
    "stamp",
    [b"", b"{", b"null", b"[1]", b"{}", b'{"key": 1}', b"\xff\xfe", b"[" * 10_000],
    ids=range(8),
)
def test_a_damaged_stamp_is_no_stamp(state, stamp):
    state.STAMP.write_bytes(stamp)
    assert kept(state) == []


def test_a_stamp_without_its_list_is_no_stamp(state):
    key = state.stamped()
    for text in (f'{{"key": "{key}"}}', f'{{"key": "{key}", "made": [1]}}'):
        state.STAMP.write_text(text, encoding="utf-8")
        assert state.stamped() == key and kept(state) == []


def test_an_edit_of_the_source_drops_all(state):
    (state.ROOT / "fbkit" / "words.py").write_text("WORD = 2", encoding="utf-8")
    assert kept(state) == []


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """The module that runs notebooks, with a cache of its own that holds one page."""
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    import build_notebooks

    monkeypatch.setattr(build_notebooks, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(build_notebooks, "TIMES", tmp_path / "times.json")
    monkeypatch.setattr(build_notebooks, "key", lambda name: "as it was")
    return build_notebooks


def page_of(notebooks, word):
    cell = nbformat.v4.new_code_cell("1 + 1", id="one")
    found = notebooks.Page("book/one", nbformat.v4.new_notebook(cells=[cell]))
    found.keys = {"fbkit/words.py": "as it was"}
    output = nbformat.v4.new_output("stream", text=word)
    ran = copy.deepcopy(found)
    ran.notebook.cells[0].outputs = [output]
    return found, ran


@pytest.mark.parametrize("seed", range(24))
def test_a_damaged_database_is_an_empty_cache_or_a_right_one(notebooks, seed):
    said = []
    page, ran = page_of(notebooks, "right")
    notebooks.keep(notebooks.open_cache(said.append), ran)
    assert not said and notebooks.is_fresh(notebooks.open_cache(said.append), page)
    path, rng = notebooks.CACHE / "global.db", np.random.default_rng(seed)
    whole = bytearray(path.read_bytes())
    size = int(rng.integers(1, 3000))
    at = int(rng.integers(len(whole)))
    damaged = {
        0: whole[:at],
        1: rng.bytes(size),
        2: whole[:at] + bytes(min(size, len(whole) - at)) + whole[at + size :],
        3: whole[:at] + rng.bytes(size) + whole[at + size :],
    }
    path.write_bytes(damaged[seed % 4])
    page, ran = page_of(notebooks, "right")
    cache = notebooks.open_cache(said.append)
    if not notebooks.is_fresh(cache, page):
        notebooks.keep(cache, ran)
    cache = notebooks.open_cache(said.append)
    assert notebooks.is_fresh(cache, page)
    shown = cache.merge_match_into_notebook(page.notebook)[1]
    assert shown.cells[0].outputs[0].text == "right"
    assert said in ([], ["The notebook cache is damaged: every notebook runs again."])


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[1]", '{"book/one": null}', '{"book/one": "x"}', "\xff"]
)
def test_damaged_times_are_no_times(notebooks, text):
    notebooks.TIMES.write_text(text, encoding="latin-1")
    assert notebooks.read_times() == {}
    notebooks.TIMES.write_text('{"book/one": 3.5}', encoding="utf-8")
    assert notebooks.read_times() == {"book/one": 3.5}


# ---- two at once, a full disk ----


def test_two_builds_at_once_take_turns(course):
    course.notebook("second", ENDLESS)
    first = course.start()
    appears(course.root.parent / "pid")
    second = course.start()
    said = second.stdout.readline()
    assert said.startswith("Another build runs since ")
    assert f"process {first.pid}: waiting" in said
    course.notebook("second", "1 + 1")
    first.kill()
    first.wait()
    assert second.wait(timeout=120) == 0
    second.communicate()


def test_a_damaged_cache_is_dropped(built):
    (built.made / ".jupyter_cache" / "global.db").write_bytes(b"no database" * 99)
    code, said = built.build()
    assert code == 0, said
    assert "The notebook cache is damaged: every notebook runs again." in said
    assert sorted(built.ran()) == EVERY


@pytest.mark.parametrize("left", ["", "{}", None])
def test_a_notebook_that_is_cut_off_in_the_cache_runs_again(built, left):
    cache = built.made / ".jupyter_cache"
    with contextlib.closing(sqlite3.connect(cache / "global.db")) as database:
        query = "select hashkey from nbcache where uri like '%first.ipynb'"
        (key,) = database.execute(query).fetchone()
    stored = cache / "executed" / key / "base.ipynb"
    stored.unlink() if left is None else stored.write_text(left, encoding="utf-8")
    code, said = built.build()
    assert code == 0, said
    assert built.ran() == ["first"]


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="mounts a disk")
@pytest.mark.parametrize("size", ["16k", "160k"])
def test_a_full_disk_is_one_sentence(course, size):
    course.made.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(course.made)]
    if subprocess.run(["mount", *options], capture_output=True).returncode:
        pytest.skip("cannot mount here")
    try:
        course.notebook("second", "print('x' * 300_000)")
        code, said = course.build()
    finally:
        subprocess.run(["umount", str(course.made)], check=True)
    assert code == 1
    assert "Traceback" not in said
    assert "is full: make room on it." in said
