"""What holds of every page's frame: weight, jumps, formulas, labels, search."""

import pytest

from tests.browser.measuring import compressed, go_to, newcomer, served
from tests.browser.watching import eventually
from tests.course import HTML, explorers, pages, source

FIRST, NEXT, JUMPS = 750_000, 200_000, 0.05
# Fonts that mathematics needs are MathJax's; there is no other.
FONTS = (".woff", ".woff2", ".ttf")


@pytest.fixture(scope="session")
def site():
    if not (HTML / "index.html").exists():
        pytest.fail("the site is not built: run `make book` first", pytrace=False)
    with served(HTML) as address:
        yield address


@pytest.fixture(scope="session")
def newcomers(browser):
    """A tab by width that keeps nothing: each page fetches all anew."""
    with newcomer(browser, 1280) as wide, newcomer(browser, 390) as narrow:
        for tab in (wide, narrow):
            session = tab.context.new_cdp_session(tab)
            session.send("Network.enable")
            session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        yield {1280: wide, 390: narrow}


# A phone has less room for whatever goes wrong; a desk is tried on home and one page.
VISITS = [(page, 390) for page in pages()] + [(page, 1280) for page in pages()[:2]]


@pytest.fixture(scope="module", params=VISITS, ids=lambda one: f"{one[0]}-{one[1]}")
def visited(request, newcomers, site):
    """A first visit: the tab, and what it cost."""
    page, width = request.param
    tab = newcomers[width]
    cost = go_to(tab, f"{site}/{page}.html")
    yield tab, {"page": page, **cost}
    tab.evaluate("localStorage.clear()")


@pytest.fixture(scope="module")
def first(visited):
    """What the first visit cost."""
    return visited[1]


@pytest.fixture(scope="module")
def shown(visited):
    """The page once it is read: all formulas set, all folds open."""
    tab, _ = visited
    tab.evaluate("() => window.MathJax?.startup?.document?.lazyTypesetAll()")
    tab.evaluate(
        "() => document.querySelectorAll('details').forEach(d => d.open = true)"
    )
    tab.wait_for_timeout(300)
    return tab


def heaviest(files: dict[str, int]) -> list[str]:
    files = sorted(files.items(), key=lambda item: -item[1])
    return [f"{size // 1000} kB {name}" for name, size in files[:6]]


def test_a_first_visit_is_light(first):
    assert first["bytes"] <= FIRST, heaviest(first["files"])


def test_nothing_jumps_while_it_loads(first):
    assert first["jumps"] <= JUMPS


def test_fetches_no_font_but_for_mathematics(first):
    fonts = [name for name in first["files"] if name.split("?")[0].endswith(FONTS)]
    assert [name for name in fonts if "/mathjax/" not in name] == []


def test_the_explorer_does_not_wait_for_formulas(first):
    """By order, not by luck: formulas.js has MathJax wait for the explorers."""
    if explorers(source(first["page"])):
        assert first["explorer"] < first["formulas"]


# Formulas beyond the window that no box around them lets the reader scroll to.
LOST = """() => {
  const scrolls = (box) => box && (
    ["auto", "scroll"].includes(getComputedStyle(box).overflowX)
    || scrolls(box.parentElement));
  return [...document.querySelectorAll(".bd-article mjx-container")]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !scrolls(one))
    .map(one => one.parentElement.textContent.slice(0, 60));
}"""
WRONG = """() => [...document.querySelectorAll("mjx-merror, [data-mjx-error]")]
  .map(one => one.textContent.slice(0, 80))"""
UNSET = """() => [...document.querySelectorAll(".bd-article .math.notranslate")]
  .filter(one => !one.querySelector("mjx-math")).map(one => one.textContent)"""


def test_no_formula_is_lost_off_screen(shown):
    assert shown.evaluate(LOST) == []


def test_every_formula_is_set(shown):
    assert shown.evaluate(WRONG) == []
    assert shown.evaluate(UNSET) == []


# Letters of figures as they appear, in px; the exponents of an axis are tspans of
# their own, and smaller.
FIGURES = ".bd-article .fb-picture > svg"
LABELS = """all => all.map(svg => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const sizes = [...svg.querySelectorAll("text")]
    .map(text => text.querySelector("tspan") ?? text)
    .map(text => parseFloat(getComputedStyle(text).fontSize));
  return scale * Math.min(...sizes);
})"""
CUT = """() => [...document.querySelectorAll(".bd-article .fb-picture")]
  .filter(box => box.scrollWidth > box.clientWidth + 1 &&
    !["auto", "scroll"].includes(getComputedStyle(box).overflowX)).length"""
WRAPPED = """() => [...document.querySelectorAll(".bd-article .cell_input pre")]
  .filter(one => getComputedStyle(one).whiteSpace !== "pre").length"""


def test_labels_of_figures_can_be_read(shown):
    sizes = shown.locator(FIGURES).evaluate_all(LABELS)
    assert all(size >= 11 for size in sizes), min(sizes)
    assert shown.evaluate(CUT) == 0


MORE = """all => all.filter(box => {
  const hidden = box.scrollWidth - box.clientWidth - box.scrollLeft > 1;
  return box.checkVisibility() && hidden !== box.classList.contains("has-more");
}).length"""


def test_what_goes_on_beyond_the_window_fades(shown):
    pictures = shown.locator(".bd-article .fb-picture")
    assert eventually(lambda: pictures.evaluate_all(MORE) == 0)
    pictures.evaluate_all("all => all.forEach(box => { box.scrollLeft = 1e4; })")
    assert eventually(lambda: shown.locator(".fb-picture.has-more").count() == 0)
    pictures.evaluate_all("all => all.forEach(box => { box.scrollLeft = 0; })")


def test_code_keeps_its_lines(shown):
    assert shown.evaluate(WRAPPED) == 0


def test_stands_within_the_window(shown):
    """With every fold open, too."""
    wide = shown.evaluate("document.documentElement.scrollWidth")
    assert wide <= shown.viewport_size["width"]


def weight(page: str) -> int:
    """Bytes of a page's own text as sent."""
    return len(compressed(HTML / f"{page}.html"))


def test_the_next_page_is_lighter(browser, site):
    """For a reader who begins at home: the heaviest pages, and some of the others,
    which show that little but its own text is new on a page.
    """
    home, *others = pages()
    heavy = sorted(others, key=weight)[-8:]
    with newcomer(browser, 1280) as tab:
        go_to(tab, f"{site}/{home}.html")
        for page in [*heavy, *others[::8], home]:
            cost = go_to(tab, f"{site}/{page}.html")
            assert cost["bytes"] <= NEXT, (page, heaviest(cost["files"]))
            assert cost["bytes"] <= weight(page) + NEXT / 4
