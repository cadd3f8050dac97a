"""The course as _toc.yml and the notebooks tell it.

Parts, pages, what each page says of itself, and its header line.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
# A part of the course has a number: "II. The kernel view".
NUMBERED = re.compile(r"([IVX]+)\. (.+)")


@dataclass(frozen=True)
class Page:
    """A page of a numbered part; Further pages have no number.

    `core` is the page it belongs to, by default itself.
    """

    name: str
    title: str
    number: int
    part: int
    part_number: str
    part_title: str
    core: str
    course: dict = field(default_factory=dict)

    @property
    def is_core(self) -> bool:
        return self.name == self.core

    @property
    def form(self) -> int:
        return self.course.get("form", 1)


def notebook(name: str, root: Path = ROOT) -> dict | None:
    """The notebook of a page such as "book/index", if it is one."""
    path = root / f"{name}.ipynb"
    if not path.is_file():
        return None
    return json.loads(path.read_text(encoding="utf-8"))


def title(name: str, root: Path = ROOT) -> str:
    """A page's first line, without its #."""
    found = notebook(name, root)
    if found:
        text = "".join(found["cells"][0]["source"])
    else:
        text = (root / f"{name}.md").read_text(encoding="utf-8")
    return text.partition("\n")[0].lstrip("# ").strip()


def metadata(name: str, root: Path = ROOT) -> dict:
    """What a notebook's metadata say under "course"."""
    found = notebook(name, root) or {}
    return found.get("metadata", {}).get("course", {})


@cache
def course(root: Path = ROOT) -> dict[str, Page]:
    """The pages of the numbered parts by name, in reading order."""
    text = (root / "_toc.yml").read_text(encoding="utf-8")
    pages = {}
    number = part = 0
    for listed in yaml.safe_load(text).get("parts", []):
        caption = NUMBERED.fullmatch(listed["caption"])
        if caption is None:
            continue
        part += 1
        for chapter in listed["chapters"]:
            number += 1
            core = chapter["file"]
            further = chapter.get("sections", [])
            for name in (core, *(one["file"] for one in further)):
                pages[name] = Page(
                    name=name,
                    title=title(name, root),
                    number=number,
                    part=part,
                    part_number=caption[1],
                    part_title=caption[2],
                    core=core,
                    course=metadata(name, root),
                )
    return pages


def beside(name: str, other: str) -> str:
    """The whole name of a page that another names in short.

    >>> beside("book/index", "claims")
    'book/claims'
    """
    return f"{name.rpartition('/')[0]}/{other}"


def header_line(name: str, about: dict, root: Path = ROOT) -> str:
    """The line under a page's title, written from its metadata.

    >>> header_line("book/index", {"minutes": 5, "gives": "guess"})
    '*5 minutes. Before: nothing. You will be able to guess.*'
    """
    needs = []
    for need in about.get("needs", []):
        full = beside(name, need)
        needs.append(f"[{title(full, root)}]({need}.ipynb)")
    before = " and ".join(needs) or "nothing"
    gives = about["gives"].rstrip(".")
    optional = "Optional. " if about.get("optional") else ""
    return (
        f"*{optional}{about['minutes']} minutes. Before: {before}."
        f" You will be able to {gives}.*"
    )
