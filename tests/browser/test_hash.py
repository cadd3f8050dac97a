"""An explorer's settings in the address, when it asks for what is not on offer."""

import re
from functools import partial

import pytest

from fbkit.explorers import Number, registry
from fbkit.ledger.show import typeset
from tests.browser.watching import draws, eventually, to_the_end
from tests.course import explorers, pages, source

SHOWN = [(page, name) for page in pages() for name in explorers(source(page))]
SECONDS = 10
STATE = """() => Object.values(JSON.parse(document.querySelector(
  'script[type="application/vnd.jupyter.widget-state+json"]').textContent).state)
  .map(model => model.state).filter(state => state.table?.summaries)"""
# Sets a select to a value, a slider over presets to the place of the value.
TURN = """(control, [value, place]) => {
  const choice = control.tagName === "SELECT";
  control.value = choice ? value : place;
  control.dispatchEvent(new Event(choice ? "change" : "input"));
}"""


def too_much(explorer):
    """A hash with a value that its first number cannot take, and what is said then.

    Where there is no number, a choice that is not there.
    """
    for key, param in explorer.params.items():
        if isinstance(param, Number):
            return f"#{explorer.name}.{key}={10 * param.high + 1}", "out of range"
    return f"#{explorer.name}.{next(iter(explorer.params))}=nothing", "not on offer"


@pytest.fixture
def opened(tab, addresses):
    """A page, loaded at a hash or followed there, and its explorer."""

    def at(page: str, name: str, hash: str):
        here, address = tab(1280), f"{addresses['http']}/{page}.html"
        if here.url.partition("#")[0] == address:
            here.evaluate("hash => { location.hash = hash; }", hash)
        else:
            here.goto(f"{address}{hash}")
        return here, here.locator(f"[data-explorer={name}]").first

    return at


@pytest.mark.parametrize(("page", "name"), SHOWN)
def test_a_value_out_of_range_is_clamped_and_said(opened, page, name):
    """On a table's page, the controls then lead to the frames in Python's order."""
    explorer = registry()[name]
    hash, words = too_much(explorer)
    tab, root = opened(page, name, hash)
    status = root.locator(".fbkit-note")
    assert eventually(lambda: words in status.inner_text(), SECONDS)
    if explorer.engine:
        return
    assert draws(root)
    to_the_end(root)  # where the summary is shown
    stored = [
        state for state in tab.evaluate(STATE) if f'"name": "{name}"' in state["spec"]
    ]
    (table,) = [state["table"] for state in stored]
    settings = explorer.settings()
    last = len(settings) - 1
    assert len(table["summaries"]) == last + 1
    # Corners that no symmetry hides.
    for at in (0, (last + 1) // 3, 2 * (last + 1) // 3, last - 1):
        turn_controls(root, explorer, settings[at])
        shows = partial(shown_summary, root, table["summaries"][at])
        said = root.locator(".fbkit-summary").inner_text
        assert eventually(shows, SECONDS), (settings[at], said())


def turn_controls(root, explorer, setting):
    """Set every control of a table to a preset's value."""
    controls = root.locator(".fbkit-controls").locator("input, select")
    for place, (key, value) in enumerate(setting.items()):
        preset = explorer.presets[key].index(value)
        controls.nth(place).evaluate(TURN, [value, preset])


def shown_summary(root, expected):
    """With the page's minus signs and powers of ten."""
    powers = partial(re.sub, r"\d[\d.]*e[+-]\d+", lambda m: typeset(float(m[0])))
    expected = re.sub(r"-(?=\d)", "−", powers(expected))
    return expected in root.locator(".fbkit-summary").inner_text()
