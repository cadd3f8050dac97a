"""A build that is killed at any moment is followed by a right one, by the real Sphinx.

So is one that finds what it made damaged.
"""

import contextlib
import os
import re
import signal
import subprocess
import time

import numpy as np
import pytest

from tests.site.small_course import TOC, SmallCourse

pytestmark = pytest.mark.slow  # some twenty builds
WORDS = ("hello", "goodbye")
SUM = re.compile(rb"\.css\?v=[0-9a-f]{8}\b")


class Killed(SmallCourse):
    """A course of four notebooks, two of which read the word."""

    def __init__(self, root):
        super().__init__(root, sphinx=True)
        self.write("_toc.yml", f"{TOC}  - file: book/third\n")
        self.notebook("third", "from fbkit.words import WORD\nprint(3 * WORD)")

    def site(self) -> dict[str, bytes]:
        """Its files, without the sums that Sphinx adds to addresses of style sheets
        which are there already.
        """
        html = self.made / "html"
        files = [path for path in html.rglob("*") if path.is_file()]
        return {
            path.relative_to(html).as_posix(): SUM.sub(b".css", path.read_bytes())
            for path in files
        }

    def say(self, word: str) -> None:
        self.write("fbkit/words.py", f"WORD = {word!r}\n")

    def right_site(self) -> dict[str, bytes]:
        code, said = self.build()
        assert code == 0, said
        return self.site()


def differing(site, reference):
    return [n for n in {**site, **reference} if site.get(n) != reference.get(n)]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return Killed(tmp_path_factory.mktemp("killed") / "a course")


@pytest.fixture(scope="module")
def references(course):
    """The site of each word, built from nothing, and how long the last one took."""
    sites = {}
    for word in WORDS:
        course.say(word)
        subprocess.run(["rm", "-rf", str(course.made)], check=True)
        began = time.monotonic()
        sites[word] = course.right_site()
        took = time.monotonic() - began
        assert (word * 3).encode() in sites[word]["book/third.html"]
    return sites, took


@pytest.mark.parametrize("kill", range(10))
def test_killed_at_any_moment(course, references, kill):
    sites, took = references
    word = WORDS[kill % 2]
    course.say(word)
    process = course.start()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=np.random.default_rng(kill).uniform(0, took))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not differing(course.right_site(), sites[word])


@pytest.mark.parametrize(
    "name",
    ["html/book/second.html", "html/searchindex.js", ".doctrees/environment.pickle"],
)
def test_what_is_cut_off_after_a_good_build(course, references, name):
    sites, _ = references
    course.say("hello")
    course.right_site()
    path = course.made / name
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert not differing(course.right_site(), sites["hello"])


def test_a_missing_tree_is_read_again(course, references):
    """As `make page` leaves it after an edit."""
    sites, _ = references
    course.say("hello")
    course.right_site()
    (course.made / ".doctrees" / "book" / "second.doctree").unlink()
    assert not differing(course.right_site(), sites["hello"])
