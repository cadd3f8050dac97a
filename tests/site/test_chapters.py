"""A chapter's folder has the name of its page: one for each core page, no other."""

import yaml

from fbkit._chapters import chapters
from tests.course import ROOT

NOT_NUMBERED = {"Find your way", "Labs", "Reference", "The package"}


def core_pages():
    """Top-level entries of the numbered parts, but for the ledger."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = []
    for part in toc["parts"]:
        if part["caption"] not in NOT_NUMBERED:
            pages += [chapter["file"].split("/")[-1] for chapter in part["chapters"]]
    return [page for page in pages if page != "claims"]


def test_folders_and_pages_agree():
    pages, folders = set(core_pages()), set(chapters())
    assert folders - pages == set(), "a folder of fbkit/chapters without a page"
    assert pages - folders == set(), "a page without a folder in fbkit/chapters"


def test_every_chapter_says_what_it_claims():
    for chapter in chapters():
        assert (ROOT / "fbkit/chapters" / chapter / "claims.py").is_file(), (
            f"fbkit/chapters/{chapter} has no claims.py"
        )
