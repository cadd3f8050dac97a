"""Every page, opened from a file: what it shows, does, says, and to whom.

Access and width are tested in two widths and two colour schemes, the rest in one.
"""

import re
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

from fbkit.explorers import registry
from tests.browser.watching import (
    differs,
    draws,
    eventually,
    moves,
    pixels,
    settled,
    steps,
)
from tests.course import HTML, explorers, pages, source

LISTED = Path(__file__).parent / "axe_exceptions.yml"
EXCEPTIONS = yaml.safe_load(LISTED.read_text(encoding="utf-8"))
# The theme logs what it does on every page: its colour scheme, its sidebar, its folded
# cells.
THEME_LOGS = ("[PST]: ", "[togglebutton]: ")
PAGES = [*pages(), "search", "genindex"]
WIDE, NARROW = (1280, 800), (390, 844)


class Visit:
    """A page in the browser, and everything it asked for and said."""

    def __init__(self, tab, address: str, name: str):
        self.name = name
        self.address = address
        self.elsewhere: list[str] = []
        self.said: list[str] = []
        self.page = tab
        self.listeners = {
            "request": lambda request: self.asked(request.url),
            "console": lambda message: self.hears(message.type, message.text),
            "pageerror": lambda error: self.said.append(str(error)),
            "response": lambda response: self.got(response.status, response.url),
        }
        # What the page before still asks for is not this one's.
        self.page.goto("about:blank")
        for event, listener in self.listeners.items():
            self.page.on(event, listener)
        self.page.goto(f"{address}/{name}.html")
        self.page.wait_for_load_state("load")
        self.page.evaluate("() => window.MathJax?.startup?.promise")
        shown = self.page.locator("[data-explorer]")
        self.expected = explorers(source(name)) if name in pages() else []
        eventually(lambda: shown.count() >= len(self.expected))
        self.roots = shown.all()

    def leave(self) -> None:
        self.page.goto("about:blank")
        for event, listener in self.listeners.items():
            self.page.remove_listener(event, listener)

    def asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.elsewhere.append(url)

    def got(self, status: int, url: str) -> None:
        # 304: the tab has it from the page before.
        if not (200 <= status < 300 or status == 304):
            self.said.append(f"{status}: {url}")

    def hears(self, kind: str, text: str) -> None:
        if not (kind == "log" and text.startswith(THEME_LOGS)):
            self.said.append(text)


@pytest.fixture(scope="module", params=PAGES)
def visit(request, tab, addresses):
    made = Visit(tab(1280), addresses["file"], request.param)
    yield made
    made.leave()


def test_shows_every_explorer_of_its_source(visit):
    found = [root.get_attribute("data-explorer") for root in visit.roots]
    assert found == visit.expected


def test_nothing_moves_until_asked(visit):
    for root in visit.roots:
        before = settled(root)
        visit.page.wait_for_timeout(300)
        assert not differs(root, before)


def test_every_explorer_draws(visit):
    for root in visit.roots:
        assert draws(root), root.get_attribute("data-explorer")


def test_every_explorer_moves(visit):
    for root in visit.roots:
        assert moves(root), root.get_attribute("data-explorer")


def test_a_trainer_steps(visit):
    for root in visit.roots:
        explorer = registry()[root.get_attribute("data-explorer")]
        # A closed form without a time has nothing to step; a table's Step may move the
        # moment's mark alone.
        if explorer.engine and (explorer.still or explorer.time):
            assert steps(root), root.get_attribute("data-explorer")


def test_header_buttons_have_icon_and_name(visit):
    buttons = """all => all.filter(button => button.offsetParent).map(button => {
        const name = button.ariaLabel || button.title ||
            button.dataset.bsOriginalTitle || button.textContent;
        const icons = [...button.querySelectorAll("svg:has(path)")];
        const seen = icon => icon.getBoundingClientRect().width > 8;
        return [name.trim(), icons.some(seen)];
    })"""
    found = visit.page.locator(".bd-header-article button").evaluate_all(buttons)
    assert len(found) >= 3
    assert all(name and icon for name, icon in found), found


def test_footer_names_the_licences(visit):
    text = "".join(visit.page.locator("footer").all_inner_texts())
    assert "BSD 3-Clause" in text and "CC BY 4.0" in text


# A page reads it once.
AXE = Axe(f"if (!window.axe) {{ {Axe().axe_script} }}")
# The only rules that a colour scheme can break.
COLOURS = ["color-contrast", "link-in-text-block"]
ARTICLE = {"exclude": [[".bd-article"]]}
WIDTH = "document.documentElement.scrollWidth"
TOO_WIDE = """() => [...document.querySelectorAll("div.math")].filter(box => {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
    return box.scrollWidth > box.clientWidth + 1 && !scrolls;
}).map(box => box.textContent.slice(0, 60))"""


def faults(page, context=None, **choice) -> list[str]:
    """The axe violations, of any weight, that no listed exception covers."""
    found = []
    options = {"resultTypes": ["violations"], "preload": False, **choice}
    done = AXE.run(page, context=context, options=options)
    for violation in done.response["violations"]:
        rule = violation["id"]
        allowed = [entry["selector"] for entry in EXCEPTIONS if entry["rule"] == rule]
        for node in violation["nodes"]:
            target = str(node["target"][-1])
            if not any(selector in target for selector in allowed):
                found.append(f"{rule}: {target}: {node['html'][:120]}")
    return found


def colours(page, context=None) -> list[str]:
    return faults(page, context, runOnly=COLOURS)


def all_but_colours(page) -> list[str]:
    return faults(page, rules={rule: {"enabled": False} for rule in COLOURS})


def stands_within(page, width: int) -> None:
    """The page does not scroll sideways, and long equations scroll in their box."""
    wide = page.evaluate(WIDTH)
    assert wide <= width, f"{wide} px wide in a window of {width}"
    assert page.evaluate(TOO_WIDE) == []


@contextmanager
def in_the_dark(page):
    page.emulate_media(color_scheme="dark")
    try:
        yield
    finally:
        page.emulate_media(color_scheme="light")


@contextmanager
def on_a_phone(page):
    resize(page, NARROW)
    try:
        yield
    finally:
        resize(page, WIDE)


def resize(page, size: tuple[int, int]) -> None:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    until_calm(page)


def until_dark(page) -> None:
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    until_calm(page)


def until_calm(page) -> None:
    page.wait_for_function(
        "document.getAnimations().every(one => one.playState !== 'running')"
    )


# An article's colours are checked once in each scheme: no width changes them. All
# other rules in both widths: no scheme changes those. What stands around the article is
# the same on every page, and its colours are checked in all four forms on some. Code,
# whose tokens take much of that time, shows its colours there too, and so do the pages
# of the reference, which are made from one template.
CODE = {"exclude": [[".highlight"]]}
WITH_CODE = [
    "book/activation_in_use",
    "book/api/kernels",
    "book/api/showing",
    "book/labs/frequency_meter/frequency_meter",
]


def tokens(name: str) -> set[str]:
    """The kinds of tokens in a page's code."""
    text = (HTML / f"{name}.html").read_text(encoding="utf-8")
    blocks = re.findall(r'<div class="highlight">(.*?)</div>', text, flags=re.S)
    return set(re.findall(r'<span class="(\w+)">', "".join(blocks)))


def coloured(visit) -> dict | None:
    """What of a page to check for colours: all of it, or all but the code."""
    return None if visit.name in WITH_CODE else CODE


def alike(visit) -> bool:
    """Whether other pages show all colours that this one has."""
    return visit.name.startswith("book/api/") and visit.name not in WITH_CODE


def test_pages_of_code_have_all_kinds_of_tokens():
    assert set().union(*map(tokens, pages())) == set().union(*map(tokens, WITH_CODE))


def test_is_accessible(visit):
    """All but the code, which is checked in the narrow window, where it scrolls."""
    if alike(visit):
        assert all_but_colours(visit.page) == []
    else:
        assert faults(visit.page, coloured(visit)) == []
    stands_within(visit.page, 1280)


def test_is_accessible_on_a_phone(visit):
    with on_a_phone(visit.page):
        assert all_but_colours(visit.page) == []
        assert visit.name not in WITH_CODE or colours(visit.page, ARTICLE) == []
        stands_within(visit.page, 390)


def test_is_accessible_in_the_dark(visit):
    """Canvases are drawn again."""
    before = [pixels(root) for root in visit.roots]
    with in_the_dark(visit.page):
        for root, light in zip(visit.roots, before):
            assert eventually(partial(redrawn, root, light))
        until_dark(visit.page)
        assert visit.name not in WITH_CODE or colours(visit.page, ARTICLE) == []
        stands_within(visit.page, 1280)


def test_is_accessible_on_a_phone_in_the_dark(visit):
    with in_the_dark(visit.page), on_a_phone(visit.page):
        until_dark(visit.page)
        assert alike(visit) or colours(visit.page, coloured(visit)) == []
        stands_within(visit.page, 390)


def redrawn(root, before) -> bool:
    """Whether every canvas differs from before."""
    return all(now != then for now, then in zip(pixels(root), before))


def test_says_nothing_and_asks_no_other_host(visit):
    """Last, so that everything above has happened."""
    assert visit.elsewhere == []
    assert visit.said == []


# A table and an engine; that the others have their pictures, the built files say.
@pytest.mark.parametrize("name", ["book/frequency_pde", "book/sphere_eigenfunctions"])
def test_without_scripts_every_explorer_is_a_picture(still, addresses, name):
    still.goto(f"{addresses['http']}/{name}.html")
    pictures = still.locator(".cell_output noscript img")
    assert pictures.count() == len(explorers(source(name)))
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        assert picture.bounding_box()["height"] > 100
        assert len(picture.get_attribute("alt")) > 20
