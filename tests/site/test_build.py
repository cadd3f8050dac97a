"""The build on a small course: what runs again, and what goes wrong."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

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
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < end, f"no {path.name}"
        time.sleep(0.05)
    return path.read_text()


def is_gone(pid):
    """Whether a process ends within a while."""
    status = Path(f"/proc/{pid}/status")
    for _ in range(400):
        if not status.exists() or "State:\tZ" in status.read_text():
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

    code, said = course.build("--page", "book/second.ipynb")
    assert code == 0, said
    assert course.ran() == []
    alone = course.made / "page" / "_build" / "html" / "book" / "second.html"
    assert "<h1>" in alone.read_text(encoding="utf-8")


def test_a_page_that_warns_is_no_site(tmp_path):
    course = SmallCourse(tmp_path / "a course", sphinx=True)
    course.write("_toc.yml", "format: jb-book\nroot: book/words\n")
    course.write("book/words.md", "# Words\n\n[nowhere](nowhere.md)\n")
    code, said = course.build()
    assert code == 1
    assert "book/words.md:3: WARNING" in said and "nowhere" in said
    assert "Traceback" not in said
    assert said.splitlines()[-2].startswith("Sphinx failed")


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
    (built.made / "times.json").write_text(times)
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
    *_, reason, _ = said.splitlines()
    assert reason.startswith("book/second.ipynb, cell 4: ValueError: invalid literal")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "cell, reason",
    [
        ("import os; os._exit(1)", "cell 3: its kernel died"),
        ("while True: pass", "cell 3: it ran for more than 2 s"),
    ],
)
def test_a_kernel_that_dies_or_hangs_has_a_name(course, cell, reason):
    course.write("_config.yml", CONFIG.replace("timeout: 20", "timeout: 2"))
    course.notebook("second", cell)
    code, said = course.build()
    assert code == 1
    assert f"book/second.ipynb, {reason}" in said.splitlines()[-2]


def test_a_file_that_is_no_notebook_has_a_name(course):
    course.write("book/second.ipynb", "{")
    code, said = course.build()
    assert code == 1
    assert "book/second.ipynb is no notebook" in said.splitlines()[-2]


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
    cut = built.made / "html" / "cut.html"
    cut.write_text("<p>half")
    built.build()
    assert cut.exists()
    script = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n"
    built.write("book/_ext/build_sphinx.py", script)
    assert built.build()[0] == -signal.SIGKILL
    # As the last whole build had it: nothing else says that one was killed.
    built.write("book/_ext/build_sphinx.py", PAGES)
    cut.parent.mkdir(exist_ok=True)
    cut.write_text("<p>half")
    built.build()
    assert not cut.exists()


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
    stored.unlink() if left is None else stored.write_text(left)
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
