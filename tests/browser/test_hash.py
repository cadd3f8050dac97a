"""An explorer's settings live in the address: a link opens the page as it was, and says
where it cannot.
"""

import itertools

import pytest

from fbkit.explorers import Number, registry
from tests.browser.watching import changes, draws, eventually, rows, settled
from tests.course import explorers, pages, source

SHOWN = [
    (page, name) for page in pages() for name in dict.fromkeys(explorers(source(page)))
]
SECONDS = 10
loads = itertools.count()
STATE = """() => Object.values(JSON.parse(document.querySelector(
  'script[type="application/vnd.jupyter.widget-state+json"]').textContent).state)
  .map(model => model.state).filter(state => state.table?.summaries)"""
# Sets a select to a value, a slider over presets to the place of the value.
TURN = """(control, [value, place]) => {
  const choice = control.tagName === "SELECT";
  control.value = choice ? value : place;
  control.dispatchEvent(new Event(choice ? "change" : "input"));
}"""


@pytest.fixture
def opened(tab, addresses):
    """A page loaded at a hash, scrolled to an explorer that has drawn."""

    def at(page: str, name: str, hash: str = ""):
        here = tab(1280)
        here.goto(
            f"{addresses['http']}/{page}.html?{next(loads)}{hash}"
        )  # a new query, or nothing would be loaded
        root = here.locator(f"[data-explorer={name}]").first
        root.scroll_into_view_if_needed()
        assert draws(root)
        return here, root

    return at


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
    assert eventually(lambda: address().startswith(f"#{name}."), SECONDS), (
        "the address does not follow the control"
    )
    then = settled(root)[0]
    _, again = opened(page, name, address())
    assert eventually(lambda: str(rows(again)) == then, SECONDS)


@pytest.mark.parametrize(("page", "name"), SHOWN)
def test_a_value_out_of_range_is_clamped_and_said(opened, page, name):
    """On a table's page, the controls then lead to the frames in the order in which
    Python stored them.
    """
    explorer = registry()[name]
    number = next(
        key for key, param in explorer.params.items() if isinstance(param, Number)
    )
    tab, root = opened(
        page, name, f"#{name}.{number}={10 * explorer.params[number].high + 1}"
    )
    assert eventually(
        lambda: "out of range" in root.locator("p[role=status]").inner_text(), SECONDS
    )
    if explorer.engine:
        return
    (table,) = [
        s["table"] for s in tab.evaluate(STATE) if f'"name": "{name}"' in s["spec"]
    ]
    settings = explorer.settings()
    assert len(table["summaries"]) == len(settings)
    shown = root.locator(".fbkit-summary")
    for at in (
        0,
        len(settings) // 3,
        2 * len(settings) // 3,
        len(settings) - 2,
    ):  # corners that no symmetry hides
        for place, (key, value) in enumerate(settings[at].items()):
            control = (
                root.locator(".fbkit-controls").locator("input, select").nth(place)
            )
            control.evaluate(TURN, [value, explorer.presets[key].index(value)])
        expected = table["summaries"][at]
        assert eventually(lambda e=expected: e in shown.inner_text(), SECONDS), (
            settings[at]
        )
