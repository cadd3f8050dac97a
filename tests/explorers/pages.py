"""An explorer on a page of its own, as the built site holds it, and engines to call."""

import base64
import json
from pathlib import Path

from fbkit.explorers import (
    engine_script,
    explore,
    registry,
    site_script,
    site_style,
)

RUNTIME = Path(__file__).parents[2] / "book/static/runtime.js"
WIDGET = "application/vnd.jupyter.widget"

RUN = """([name, params, steps, then]) => {
  const engine = fbkit.engines[name](fbkit.tools()), state = engine.init(params);
  engine.step(state, steps);
  if (then) { engine.aim(state, then); engine.step(state, steps); }
  const arrays = engine.frame(state), report = engine.report(state, arrays);
  const lists = Object.entries(arrays).map(([key, array]) => [key, Array.from(array)]);
  return [Object.fromEntries(lists), report];
}"""


def entry(widget):
    """The widget's state as nbclient stores it, byte strings apart."""
    state, buffers = dict(widget.get_state()), []
    if state["table"]:
        state["table"] = dict(state["table"])
        data = base64.b64encode(state["table"].pop("data")).decode()
        buffers.append({"encoding": "base64", "path": ["table", "data"], "data": data})
    plain = {
        k: v
        for k, v in state.items()
        if k in ("_esm", "spec", "values", "table", "frame")
    }
    return {"model_name": "AnyModel", "state": plain, "buffers": buffers}


def page(folder, name, monkeypatch, before="", **params):
    """Write a page that shows the explorer as the site does; return its address.
    `before` is JavaScript run first.
    """
    monkeypatch.setenv("FBKIT_SITE", "1")
    widget = explore(name, **params)
    state = {
        "version_major": 2,
        "version_minor": 0,
        "state": {widget.model_id: entry(widget)},
    }
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    path = Path(folder) / f"{name}.html"
    path.write_text(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{site_style()}</style></head>
<body style="margin:8px"><main><h1 style="overflow-wrap:anywhere">{name}</h1>
<script type="{WIDGET}-view+json">{json.dumps(view)}</script></main>
<script type="{WIDGET}-state+json">{json.dumps(state)}</script>
<script>{site_script()}{engine_script(name)}</script><script>{before}</script><script>{RUNTIME.read_text(encoding="utf-8")}</script></body></html>""",
        encoding="utf-8",
    )
    return path.as_uri()


def engine_page(browser):
    """A blank page that holds the front end and the engines, for calling these."""
    page = browser.new_page()
    page.goto("about:blank")
    engines = "".join(engine_script(name) for name in registry())
    page.add_script_tag(content=site_script() + engines)
    return page


def run_engine(page, name, params, steps=0, then=None):
    """(arrays, report) of an engine, called in the blank page.

    After `steps` steps the parameters change to `then`, if given, as a reader changes
    live ones, and as many steps follow. Arrays come as flat lists.
    """
    return page.evaluate(RUN, [name, params, steps, then])
