"""What each built page says about itself to those who see only a link to it."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest
from PIL import Image

from tests.course import HTML, pages

# Where the build draws thumbnails and cards.
PICTURES = HTML / "_static" / "pictures"


class Head(HTMLParser):
    """The tags of a page's head: metas by name, links, scripts."""

    def __init__(self, text: str):
        super().__init__()
        self.metas: list[tuple[str, str]] = []
        self.links: dict[str, str] = {}
        self.scripts: list[dict] = []
        self.feed(text.split("</head>")[0].split("<body")[0])

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "meta":
            name = found.get("name") or found.get("property") or ""
            self.metas.append((name, found.get("content", "")))
        elif tag == "link":
            self.links[found.get("rel", "")] = found.get("href", "")
        elif tag == "script" and "src" in found:
            self.scripts.append(found)

    def one(self, name: str) -> str:
        """The content of a meta that stands there exactly once."""
        found = [content for other, content in self.metas if other == name]
        assert len(found) == 1, (name, found)
        return found[0]


@cache
def head(page: str) -> Head:
    return Head((HTML / f"{page}.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", pages())
def test_every_page_describes_itself(page):
    found = head(page)
    description = found.one("description")
    assert 20 <= len(description) <= 210
    assert not re.search(r"[\\$]", description)
    assert found.one("og:description") == description
    assert found.one("og:title")
    assert found.one("og:site_name") == "What a network learns first"
    assert found.one("twitter:card") == "summary_large_image"
    assert found.one("viewport")
    assert [name for name, _ in found.metas].count("theme-color") == 2
    assert found.links["icon"].endswith("favicon.svg")


@pytest.mark.parametrize("page", pages())
def test_every_page_has_a_card_and_a_thumbnail(page):
    found = head(page)
    card = HTML.joinpath(page).parent / found.one("og:image")
    assert Image.open(card).size == (1200, 630)
    assert card.stat().st_size <= 60_000
    assert len(found.one("og:image:alt")) >= 4
    small = card.with_name(f"{card.stem}-small.webp")
    assert Image.open(small).size == (320, 200)
    assert small.stat().st_size <= 12_000


@pytest.mark.parametrize("page", pages())
def test_no_script_holds_up_a_page(page):
    # The options alone, of 300 bytes, come first.
    waits = [
        script["src"]
        for script in head(page).scripts
        if not {"defer", "async"} & set(script)
        and "documentation_options" not in script["src"]
    ]
    assert waits == []


@pytest.mark.parametrize("page", pages())
def test_mathematics_loads_where_it_is(page):
    text = (HTML / f"{page}.html").read_text(encoding="utf-8")
    loads = any("mathjax/" in script["src"] for script in head(page).scripts)
    assert loads == ('class="math ' in text)


def test_no_two_pages_describe_themselves_alike():
    said = [head(page).one("description") for page in pages()]
    assert sorted(set(said)) == sorted(said)


def test_without_an_address_no_link_needs_one():
    assert not (HTML / "sitemap.xml").exists()
    for page in pages():
        assert "canonical" not in head(page).links
        assert "://" not in head(page).one("og:image")


def test_the_door_leads_home_and_can_be_passed_on():
    door = Head((HTML / "index.html").read_text(encoding="utf-8"))
    assert (HTML / door.one("og:image")).is_file()
    assert door.one("description") == head(pages()[0]).one("description")


def test_a_wrong_address_is_answered_with_the_contents():
    text = (HTML / "404.html").read_text(encoding="utf-8")
    assert "There is no such page" in text
    # It is shown at any depth, so its own addresses begin at the root.
    assert 'href="/book/index.html"' in text
    assert re.search(r'href="/_static/site\.css', text)
