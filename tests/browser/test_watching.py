"""`draws` and `moves` say yes to a working explorer, and no to a broken one."""

import json

import pytest

from fbkit.explorers import engine_script, registry, site_script, site_style
from tests.browser.watching import draws, moves, steps

EXPLORER = registry()["watch_a_network_learn"]
ENGINE = f"fbkit.engines.{EXPLORER.name}"
# The real engine, broken in one way each.
NAN = f"""(make => {{ {ENGINE} = tools => {{
  const engine = make(tools);
  const nan = ([name, array]) => [name, array.map(() => NaN)];
  const blank = arrays => Object.fromEntries(Object.entries(arrays).map(nan));
  return {{ ...engine, frame: state => blank(engine.frame(state)) }};
}}; }})({ENGINE})"""
THROWS = f"{ENGINE} = () => ({{ init() {{ throw new Error('broken on purpose'); }} }})"
# What stands for the kernel's side of a widget.
MODEL = """const model = {
  get: key => state[key], set() {}, on() {}, off() {}, save_changes() {} }"""
MOUNT = "fbkit.render({ model, el: document.body })"
EMPTY = f"document.body.innerHTML = '<div data-explorer={EXPLORER.name}></div>'"


@pytest.fixture
def shown(windows):
    """A bare page that shows the explorer after JavaScript has tampered with it."""
    opened = []

    def show(tamper: str, mount: str = MOUNT):
        page = windows(1280).new_page()
        opened.append(page)
        page.goto("about:blank")
        page.add_style_tag(content=site_style())
        page.add_script_tag(content=site_script() + engine_script(EXPLORER.name))
        state = {
            "spec": json.dumps({**EXPLORER.spec(), "site": False}),
            "values": EXPLORER.check({}),
            "table": {},
            "frame": {},
        }
        script = [tamper, f"const state = {json.dumps(state)}", MODEL, mount]
        page.add_script_tag(content=";\n".join(script))
        return page.locator("[data-explorer]")

    yield show
    for page in opened:
        page.close()


def test_a_working_explorer_draws_and_moves(shown):
    root = shown("")
    assert draws(root) and moves(root) and steps(root)


@pytest.mark.parametrize(
    ("tamper", "mount"),
    [
        pytest.param(NAN, MOUNT, id="its frames are NaN"),
        pytest.param(THROWS, MOUNT, id="its engine throws"),
        pytest.param("", EMPTY, id="never drawn"),
    ],
)
def test_a_broken_explorer_neither_draws_nor_moves(shown, tamper, mount):
    root = shown(tamper, mount)
    assert not draws(root, seconds=1)
    assert not moves(root, seconds=1)
