"""The page of sources: every paper of the bibliography, and pages that cite it."""

import json
import re
from pathlib import Path

import pytest

from tests.course import ROOT

BOOK = ROOT / "book"
ROW = re.compile(r"(?m)^\| \{cite:t\}`(\w+)` \|.*\| (.*) \|$")
CITED = re.compile(r"\{cite:\w+\}`([\w, ]+)`")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def rows() -> list[tuple[str, list[str]]]:
    """(paper, pages) of every row."""
    found = ROW.findall(text(BOOK / "sources.md"))
    return [(key, re.findall(r"\]\(([\w/.]+)\)", pages)) for key, pages in found]


def papers_of(page: str) -> set[str]:
    cells = json.loads(text(BOOK / page))["cells"]
    words = "\n".join("".join(cell["source"]) for cell in cells)
    return {key.strip() for keys in CITED.findall(words) for key in keys.split(",")}


def test_every_paper_has_one_row():
    papers = re.findall(r"(?m)^@\w+\{(\w+),", text(BOOK / "references.bib"))
    assert sorted(papers) == sorted(key for key, _ in rows())


def test_every_paper_has_authors_title_year_and_identifier():
    entries = re.findall(r"(?m)^@\w+\{(.*)\}$", text(BOOK / "references.bib"))
    assert len(entries) == len(rows())
    for entry in entries:
        for field in ("author", "title", "year", "eprint"):
            assert re.search(rf"\b{field} = \{{[^}}]", entry), (field, entry)
        assert "others" not in entry, entry


@pytest.mark.parametrize("paper, pages", rows(), ids=[key for key, _ in rows()])
def test_its_pages_cite_it(paper, pages):
    assert pages
    for page in pages:
        assert paper in papers_of(page), f"{page} does not cite {paper}"


def test_every_page_that_cites_a_paper_stands_in_its_row():
    listed = {(paper, page) for paper, pages in rows() for page in pages}
    cited = {
        (paper, path.name)
        for path in BOOK.glob("*.ipynb")
        for paper in papers_of(path.name)
    }
    assert cited - listed - {(paper, "index.ipynb") for paper, _ in cited} == set()
