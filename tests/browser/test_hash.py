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


TABLES = [(page, name) for page, name in SHOWN if not EXPLORERS[name].engine]
STATE = """() => Object.values(JSON.parse(document.querySelector(
  'script[type="application/vnd.jupyter.widget-state+json"]').textContent).state)
  .map(model => model.state).filter(state => state.table?.summaries)"""


@pytest.mark.parametrize(("page", "name"), TABLES)
def test_a_table_shows_the_frame_of_its_settings(opened, page, name):
    """The page looks the frame up in the order in which Python stored them: corners that no symmetry hides."""
    explorer = EXPLORERS[name]
    settings = explorer.settings()
    for at in (0, len(settings) // 3, 2 * len(settings) // 3, len(settings) - 2):
        hash = "&".join(f"{name}.{key}={value}" for key, value in settings[at].items())
        tab, root = opened(page, name, f"#{hash}")
        (table,) = [s["table"] for s in tab.evaluate(STATE) if f'"name": "{name}"' in s["spec"]]
        assert len(table["summaries"]) == len(settings)
        shown = root.locator(".fbkit-summary")
        expected = table["summaries"][at]
        assert eventually(lambda shown=shown, e=expected: e in shown.inner_text(), SECONDS), settings[at]
