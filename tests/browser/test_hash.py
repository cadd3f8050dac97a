"""An explorer's settings live in the address: a link opens the page as it was, and says where it cannot."""

import pytest

from fbkit.explorers import EXPLORERS, Number
from tests.browser.watching import changes, draws, eventually, rows, settled
from tests.course import explorers, pages, source

SHOWN = [(page, name) for page in pages() for name in dict.fromkeys(explorers(source(page)))]
SECONDS = 5


@pytest.fixture
def opened(windows, addresses):
    """A page at a hash, scrolled to an explorer that has drawn."""
    made = []

    def at(page: str, name: str, hash: str = ""):
        tab = windows(1280).new_page()
        made.append(tab)
        tab.goto(f"{addresses['http']}/{page}.html{hash}")
        root = tab.locator(f"[data-explorer={name}]").first
        root.scroll_into_view_if_needed()
        assert draws(root)
        return tab, root

    yield at
    for tab in made:
        tab.close()


@pytest.mark.parametrize(("page", "name"), SHOWN)
def test_a_link_opens_the_page_as_it_was(opened, page, name):
    tab, root = opened(page, name)
    before = settled(root)
    control = root.locator("input, select").first
    control.focus()
    control.press("ArrowRight")
    if not changes(root, before, 2):
        control.press("ArrowLeft")
        assert changes(root, before, SECONDS)
    address = lambda: tab.evaluate("location.hash")
    assert eventually(lambda: address().startswith(f"#{name}."), SECONDS), "the address does not follow the control"
    then = settled(root)[0]
    _, again = opened(page, name, address())
    assert eventually(lambda: str(rows(again)) == then, SECONDS)


@pytest.mark.parametrize(("page", "name"), SHOWN)
def test_a_value_out_of_range_is_clamped_and_said(opened, page, name):
    number = next(key for key, param in EXPLORERS[name].params.items() if isinstance(param, Number))
    high = EXPLORERS[name].params[number].high
    _, root = opened(page, name, f"#{name}.{number}={10 * high + 1}")
    assert eventually(lambda: "out of range" in root.locator("p[role=status]").inner_text(), SECONDS)
