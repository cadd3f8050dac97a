"""Every explorer on its page: it fits, opens without an answer, can be reached."""

from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page

from fbkit.explorers import Explorer, registry
from tests.browser.watching import (
    MOMENT,
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


class Shown(NamedTuple):
    tab: Page
    root: Locator
    name: str
    explorer: Explorer


def show(page_of, page: str, name: str, size: tuple[int, int]) -> Shown:
    """A page in a window of this size, its explorer as nobody has touched it."""
    here = page_of(page, size)
    root = here.locator(f"[data-explorer={name}]")
    return Shown(here, root, name, EXPLORERS[name])


def goto(tab, address: str, name: str):
    tab.goto(address)
    tab.locator(f"[data-explorer={name}][data-ready]").wait_for(timeout=20_000)
    return tab.locator(f"[data-explorer={name}]")


@pytest.fixture(scope="module", params=SHOWN, ids="-".join)
def on_a_desk(request, page_of):
    """Loaded once: a test that changes anything begins with Reset, or ends with it."""
    return show(page_of, *request.param, (1280, 800))


@pytest.fixture(scope="module", params=SHOWN, ids="-".join)
def on_a_phone(request, page_of):
    """Loaded once, to be looked at only."""
    return show(page_of, *request.param, (390, 844))


def whole_state(root):
    """Numbers, pixels, controls and words."""
    words = root.locator(".fbkit-summary, .fbkit-note").all_inner_texts()
    return *settled(root), root.evaluate(CONTROLS), words


def press(root, name):
    root.get_by_role("button", name=name, exact=True).click()


PLACE = "one => parseFloat(getComputedStyle(one.parentElement).minHeight)"


def test_fits_the_window_and_the_place_kept_for_it(on_a_desk):
    root = on_a_desk.root
    root.scroll_into_view_if_needed()
    height, kept = root.bounding_box()["height"], root.evaluate(PLACE)
    assert height <= 800
    assert kept - 80 < height <= kept + 8, (kept, height)


def test_the_player_is_the_first_thing_that_tab_reaches(on_a_desk):
    tab, root, name, _ = on_a_desk
    root.evaluate("""one => {
      const start = document.createElement("button");
      one.before(start);
      start.focus();
      start.addEventListener("blur", () => start.remove());
    }""")
    assert tabs_until(tab, f"[data-explorer={name}] .fbkit-player button", 3) <= 3


def test_opens_at_time_0_without_an_answer(on_a_desk):
    _, root, _, explorer = on_a_desk
    if not explorer.plays:
        pytest.skip("nothing to play")
    marks = [mark for _, mark in explorer.marks()]
    others = {mark.label for mark in marks if not mark.answer}
    answers = {mark.label for mark in marks if mark.answer} - others
    heads = root.locator("details th")

    def shown():
        visible = root.locator(".fbkit-answer:visible").count()
        return visible, answers & set(heads.all_text_contents())

    open_folds(root)
    first = whole_state(root)
    assert draws(root)
    summary = root.locator(".fbkit-summary")
    assert summary.inner_text().startswith("Press Play")
    assert shown() == (0, set())
    if explorer.time:
        assert root.get_by_role("slider", name=MOMENT).input_value() == "0"
    press(root, "Step")
    assert eventually(lambda: not summary.inner_text().startswith("Press Play"))
    if explorer.question and explorer.question.looks:
        assert shown() == (0, set())
        root.locator(".fbkit-choices button").first.click()
    if answers:
        assert eventually(lambda: shown()[0] > 0 and shown()[1])
    press(root, "Reset")
    assert eventually(lambda: whole_state(root) == first)


def change(root, explorer):
    """Turn a setting, back where it is at its end; take a step where there is one."""
    control = first_control(root)
    value = control.input_value()
    control.focus()
    control.press("ArrowRight")
    if control.input_value() == value:
        control.press("ArrowLeft")
    if explorer.plays:
        press(root, "Step")


def test_reset_restores_the_first_paint(on_a_desk):
    _, root, _, explorer = on_a_desk
    open_folds(root)
    first = whole_state(root)
    if explorer.plays:
        press(root, "Step")
    change(root, explorer)
    assert eventually(lambda: differs(root, first[:2]))
    press(root, "Reset")
    assert eventually(lambda: whole_state(root) == first)


def test_a_link_within_the_page_leaves_it_alone(on_a_desk):
    tab, root, _, explorer = on_a_desk
    change(root, explorer)
    tab.wait_for_timeout(400)  # until the address is written
    before = settled(root)
    there = tab.evaluate("document.querySelector('main section[id]').id")
    tab.evaluate("id => { location.hash = id; }", there)
    tab.wait_for_timeout(400)
    assert tab.evaluate("location.hash") == f"#{there}"
    assert state(root) == before


def test_a_copied_link_opens_the_page_as_it_was(on_a_desk):
    """Its setting and its moment. Last, since it loads the page anew."""
    tab, root, name, explorer = on_a_desk
    press(root, "Reset")
    open_folds(root)
    first = whole_state(root)
    change(root, explorer)
    if explorer.plays:
        press(root, "Step")
    assert eventually(lambda: differs(root, first[:2]))
    before = settled(root)
    press(root, "Copy link")
    hash = tab.evaluate("location.hash")
    assert f"{name}." in hash.replace(f"{name}.moment", "")
    assert (f"{name}.moment=" in hash) == explorer.plays
    address = tab.url.partition("#")[0]
    tab.goto("about:blank")
    again = goto(tab, f"{address}{hash}", name)
    open_folds(again)
    assert eventually(lambda: str(rows(again)) == before[0])


def test_labels_can_be_read_on_a_phone(on_a_phone):
    root = on_a_phone.root
    assert min(root.evaluate(SIZES)) >= LEAST_LABEL


def test_the_player_stays_in_view_on_a_phone(on_a_phone):
    """Wherever one scrolls in the explorer; and the first picture comes before it."""
    tab, root, *_ = on_a_phone
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


COVERED = """root => [...root.querySelectorAll(".fbkit-player button")].filter(one => {
  const box = one.getBoundingClientRect();
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  return !one.contains(document.elementFromPoint(x, y));
}).map(one => one.textContent)"""


def test_nothing_lies_on_the_player_on_a_phone(on_a_phone):
    """Also after scrolling up, when the theme offers a way to the top."""
    tab, root, *_ = on_a_phone
    first = root.evaluate("one => one.getBoundingClientRect().top + scrollY")
    tab.evaluate("y => scrollTo(0, y)", first + 300)
    tab.wait_for_timeout(150)
    tab.evaluate("y => scrollTo(0, y)", first - 60)
    tab.wait_for_timeout(400)
    assert root.evaluate(COVERED) == []


def test_the_player_leaves_the_question_free_on_a_phone(on_a_phone):
    """Where the question has just come into view, with the pictures still below."""
    tab, root, *_ = on_a_phone
    question, player = root.locator(".fbkit-question"), root.locator(".fbkit-deck")
    if not question.count():
        pytest.skip("no question")
    end = question.evaluate("one => one.getBoundingClientRect().bottom + scrollY")
    tab.evaluate("y => scrollTo(0, y)", end - 844)
    box = question.bounding_box()
    assert player.bounding_box()["y"] >= box["y"] + box["height"] - 1


def tabs_until(tab, selector, most):
    """How often Tab is pressed until the focus is there, or more than `most`."""
    for count in range(1, most + 1):
        tab.keyboard.press("Tab")
        if tab.evaluate("s => document.activeElement.matches(s)", selector):
            return count
    return most + 1


@pytest.fixture
def home(tab, addresses):
    """The home page, and its explorer."""
    here = tab(1280)
    return here, goto(here, f"{addresses['http']}/{SHOWN[0][0]}.html", SHOWN[0][1])


def test_play_is_three_tabs_from_the_skip_link_of_the_home_page(home):
    tab, _ = home
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


def test_in_print_an_explorer_is_its_picture(home):
    tab, root = home
    tab.emulate_media(media="print")
    poster = tab.locator(".fbkit-poster img").first
    loaded = "one => one.complete && one.naturalWidth > 0"
    assert eventually(lambda: poster.evaluate(loaded))
    assert poster.is_visible() and not root.is_visible()
    tab.emulate_media(media="screen")
    assert root.is_visible() and not poster.is_visible()
