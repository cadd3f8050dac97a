"""Every explorer on its page: it fits, opens without an answer, can be reached."""

import itertools

import pytest

from fbkit.explorers import registry
from tests.browser.watching import (
    differs,
    draws,
    eventually,
    first_control,
    open_folds,
    rows,
    settled,
    state,
)
from tests.course import HTML, explorers, pages, source

EXPLORERS = registry()
SHOWN = [(page, name) for page in pages() for name in explorers(source(page))]
PLAYED = [(page, name) for page, name in SHOWN if EXPLORERS[name].plays]
LEAST_LABEL = 11  # pixels
SIZES = """root => {
  const sizes = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode())
    if (text.data.trim()) sizes.push(getComputedStyle(text.parentElement).fontSize);
  return sizes.map(parseFloat);
}"""
CONTROLS = """root => [...root.querySelectorAll("input, select, .fbkit-handle")].map(
  one => one.value ?? one.getAttribute("aria-valuenow"))"""
loads = itertools.count()


@pytest.fixture
def opened(tab, addresses):
    """A page at a width, with its explorer as nobody has touched it."""

    def at(page, name, width=1280, hash=""):
        here = tab(width)
        here.set_viewport_size({"width": width, "height": 800 if width > 500 else 844})
        here.goto(f"{addresses['http']}/{page}.html?{next(loads)}{hash}")
        here.evaluate("localStorage.clear()")
        here.locator(f"[data-explorer={name}][data-ready]").wait_for(timeout=20_000)
        return here, here.locator(f"[data-explorer={name}]")

    return at


@pytest.fixture(scope="module", params=SHOWN, ids="-".join)
def on_a_phone(request, browser, addresses):
    """A page on a phone, which one may look at but not touch."""
    page, name = request.param
    size = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, color_scheme="light")
    tab = context.new_page()
    tab.goto(f"{addresses['http']}/{page}.html")
    root = tab.locator(f"[data-explorer={name}][data-ready]")
    root.wait_for(timeout=20_000)
    yield tab, root
    context.close()


def whole_state(root):
    """Numbers, pixels, controls and words."""
    words = root.locator(".fbkit-summary, .fbkit-note").all_inner_texts()
    return *settled(root), root.evaluate(CONTROLS), words


def press(root, name):
    root.get_by_role("button", name=name, exact=True).click()


PLACE = "one => parseFloat(getComputedStyle(one.parentElement).minHeight)"


@pytest.mark.parametrize(("page", "name"), SHOWN)
def test_fits_the_window_and_the_place_kept_for_it(opened, page, name):
    _, root = opened(page, name)
    root.scroll_into_view_if_needed()
    height, kept = root.bounding_box()["height"], root.evaluate(PLACE)
    assert height <= 800
    assert kept - 80 < height <= kept + 8, (kept, height)


def test_fits_the_place_kept_for_it_on_a_phone(on_a_phone):
    _, root = on_a_phone
    root.scroll_into_view_if_needed()
    height, kept = root.bounding_box()["height"], root.evaluate(PLACE)
    assert height <= 2000
    assert kept - 120 < height <= kept + 8, (kept, height)


@pytest.mark.parametrize(("page", "name"), PLAYED)
def test_opens_at_time_0_without_an_answer(opened, page, name):
    _, root = opened(page, name)
    answers = [mark.label for _, mark in EXPLORERS[name].marks() if mark.answer]
    heads = root.locator("details th")

    def shown():
        visible = root.locator(".fbkit-answer:visible").count()
        return visible, set(answers) & set(heads.all_text_contents())

    assert draws(root)
    summary = root.locator(".fbkit-summary")
    assert summary.inner_text().startswith("Press Play")
    assert shown() == (0, set())
    if EXPLORERS[name].time:
        assert root.get_by_role("slider", name="Moment").input_value() == "0"
    press(root, "Step")
    assert eventually(lambda: not summary.inner_text().startswith("Press Play"))
    if answers:
        assert eventually(lambda: shown()[0] > 0 and shown()[1])


def change(root, name):
    """Turn a setting, and take a step where there is one."""
    control = first_control(root)
    control.focus()
    control.press("ArrowRight")
    if EXPLORERS[name].plays:
        press(root, "Step")


@pytest.mark.parametrize(("page", "name"), SHOWN)
def test_reset_restores_the_first_paint(opened, page, name):
    _, root = opened(page, name)
    root.scroll_into_view_if_needed()
    open_folds(root)
    first = whole_state(root)
    if EXPLORERS[name].plays:
        press(root, "Step")
    change(root, name)
    assert eventually(lambda: differs(root, first[:2]))
    press(root, "Reset")
    assert eventually(lambda: whole_state(root) == first)


@pytest.mark.parametrize(("page", "name"), SHOWN)
def test_a_link_within_the_page_leaves_it_alone(opened, page, name):
    tab, root = opened(page, name)
    root.scroll_into_view_if_needed()
    open_folds(root)
    change(root, name)
    tab.wait_for_timeout(400)  # until the address is written
    before = settled(root)
    there = tab.evaluate("document.querySelector('main section[id]').id")
    tab.evaluate("id => { location.hash = id; }", there)
    tab.wait_for_timeout(400)
    assert tab.evaluate("location.hash") == f"#{there}"
    assert state(root) == before


@pytest.mark.parametrize(("page", "name"), PLAYED)
def test_the_copied_link_holds_the_moment(opened, page, name):
    tab, root = opened(page, name)
    root.scroll_into_view_if_needed()
    open_folds(root)
    for _ in range(3):
        press(root, "Step")
        settled(root)
    press(root, "Copy link")
    hash = tab.evaluate("location.hash")
    assert f"{name}.moment=3" in hash
    before = settled(root)
    _, again = opened(page, name, hash=hash)
    open_folds(again)
    assert eventually(lambda: str(rows(again)) == before[0])


def test_labels_can_be_read_on_a_phone(on_a_phone):
    _, root = on_a_phone
    assert min(root.evaluate(SIZES)) >= LEAST_LABEL


def test_the_player_stays_in_view_on_a_phone(on_a_phone):
    """Wherever one scrolls in the explorer; and the first picture comes before it."""
    tab, root = on_a_phone
    top = "one => one.getBoundingClientRect().top + scrollY"
    first, button = root.evaluate(top), root.locator(".fbkit-player button").first
    height = root.bounding_box()["height"]
    for share in (0, 0.3, 0.6):
        tab.evaluate("y => scrollTo(0, y)", first + share * (height - 844) - 60)
        box = button.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 844
        assert box["height"] >= 40
    tab.evaluate("y => scrollTo(0, y)", first - 60)
    picture = root.locator("canvas").first.bounding_box()
    assert picture["y"] + picture["height"] < button.bounding_box()["y"]


def tabs_until(tab, selector, most):
    """How often Tab is pressed until the focus is there, or more than `most`."""
    for count in range(1, most + 1):
        tab.keyboard.press("Tab")
        if tab.evaluate("s => document.activeElement.matches(s)", selector):
            return count
    return most + 1


@pytest.mark.parametrize(("page", "name"), SHOWN)
def test_the_player_is_the_first_thing_that_tab_reaches(opened, page, name):
    tab, root = opened(page, name)
    root.evaluate("""one => {
      const start = document.createElement("button");
      one.before(start);
      start.focus();
      start.addEventListener("blur", () => start.remove());
    }""")
    assert tabs_until(tab, f"[data-explorer={name}] .fbkit-player button", 3) <= 3


def test_play_is_three_tabs_from_the_skip_link_of_the_home_page(opened):
    tab, _ = opened(*SHOWN[0])
    skip = tab.locator("#pst-skip-link a")
    skip.focus()
    skip.press("Enter")
    assert tabs_until(tab, ".fbkit-play", 3) <= 3


@pytest.mark.parametrize("page", pages())
def test_a_page_loads_its_own_explorers_only(page):
    """And before mathematics, which can wait."""
    text = (HTML / page).with_suffix(".html").read_text(encoding="utf-8")
    names = explorers(source(page))
    engines = {name for name in names if EXPLORERS[name].engine}
    wanted = {"front", *engines} if names else set()
    assert {name for name in ["front", *EXPLORERS] if f"/{name}.js" in text} == wanted
    assert ("runtime.js" in text) == bool(names)
    if names and "/mathjax/" in text:
        assert text.index("runtime.js") < text.index("/mathjax/")


def test_in_print_an_explorer_is_its_picture(opened):
    tab, root = opened(*SHOWN[0])
    tab.emulate_media(media="print")
    poster = tab.locator(".fbkit-poster img").first
    loaded = "one => one.complete && one.naturalWidth > 0"
    assert eventually(lambda: poster.evaluate(loaded))
    assert poster.is_visible() and not root.is_visible()
    tab.emulate_media(media="screen")
    assert root.is_visible() and not poster.is_visible()
