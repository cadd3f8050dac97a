"""The search: answers while you type, over http and from a file."""

import pytest

from tests.course import pages

HOME = f"{pages()[0]}.html"
# What a reader asks for, and a page that must be among the first four.
ASKED = {
    "NTK": "network_to_kernel",
    "tangent kernel": "network_to_kernel",
    "water-filling": "fourier_feature_init",
    "heat equation": "frequency_pde",
    "Parseval": "functions_in_units",
    "notation": "notation",
}


@pytest.fixture(params=["http", "file"])
def found(request, addresses, windows):
    """What the dialog lists for some words, and what the page asked for meanwhile."""
    tab = windows(1280).new_page()
    asked, said = [], []
    tab.goto(f"{addresses[request.param]}/{HOME}")
    tab.wait_for_load_state("load")
    tab.on("request", lambda one: asked.append(one.url))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("console", lambda one: one.type == "error" and said.append(one.text))
    tab.wait_for_timeout(500)  # mathematics and its letters have come

    def ask(words: str) -> list[str]:
        field = tab.locator("#pst-search-dialog input")
        if not field.is_visible():
            tab.keyboard.press("Control+k")
        field.fill("")
        field.press_sequentially(words)
        link = tab.locator("#pst-search-dialog .fb-found a")
        link.first.wait_for()
        return link.evaluate_all("all => all.map(one => one.getAttribute('href'))")

    ask.tab, ask.asked, ask.said = tab, asked, said
    yield ask
    tab.close()


def test_finds_the_page_before_the_functions(found):
    for words, page in ASKED.items():
        links = found(words)
        assert any(page in link for link in links[:4]), (words, links)
        functions = ["#fbkit." in link for link in links]
        assert functions == sorted(functions), (words, links)


def test_fetches_the_index_and_no_page(found):
    names = lambda: {url.split("/")[-1].split("?")[0] for url in found.asked}
    assert not {"minisearch.js", "search_index.js"} & names()
    found.asked.clear()
    found("frequency")
    assert sorted(names()) == ["minisearch.js", "search_index.js"]
    assert found.said == []


def test_shows_where_the_words_stand(found):
    found("water-filling")
    row = found.tab.locator("#pst-search-dialog .fb-found a").first
    assert "water" in row.inner_text().lower()
    assert row.locator("mark").count() > 0


def test_arrows_and_enter_open_a_page(found):
    found("Parseval")
    found.tab.keyboard.press("ArrowDown")
    found.tab.keyboard.press("Enter")
    found.tab.wait_for_url(lambda url: HOME not in url)


def test_says_that_nothing_was_found(addresses, tab):
    page = tab(1280)
    page.goto(f"{addresses['http']}/search.html?q=xylophonist")
    page.get_by_text("Nothing found for").wait_for()


def test_the_search_page_lists_what_was_asked(addresses, tab):
    page = tab(390)
    page.goto(f"{addresses['file']}/search.html?q=parseval")
    page.locator("#search-results a").first.wait_for()
    assert page.locator("#search-results a").count() >= 1


def test_the_magnifier_stands_beside_the_words(addresses, tab):
    page = tab(1280)
    page.goto(f"{addresses['http']}/search.html")
    form = page.locator("article form.bd-search")
    icon = form.locator("svg").bounding_box()
    field = form.locator("input")
    inset = field.evaluate("one => parseFloat(getComputedStyle(one).paddingLeft)")
    begins = field.bounding_box()["x"] + inset
    assert icon["width"] > 8 and icon["x"] + icon["width"] < begins
