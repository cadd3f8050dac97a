"""What the explorers cost: `make bench-explorers`. Repetitions are interleaved; each
row is min, median, max.

Figures are wall-clock on this machine, in Chromium and in JupyterLab; nothing here is
asserted.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["FBKIT_SITE"] = "0"

from fbkit.explorers import registry  # noqa: E402
from tests.browser.jupyterlab import ROUND_TRIP, notebook  # noqa: E402
from tests.chromium import FLAGS, MISSING, chromium  # noqa: E402
from tests.explorers.pages import engine_page, page  # noqa: E402

REPEATS = 7
NAME = "watch_a_network_learn"
# Steps a second of the engine, in a worker-sized burst after a warm-up of its own.
SPEED = """([params, steps]) => {
  const engine = fbkit.engines.watch_a_network_learn(fbkit.tools()), state = engine.init(params);
  engine.step(state, steps);
  const began = performance.now();
  engine.step(state, steps);
  return steps / (performance.now() - began) * 1000;
}"""
# Frames a second while the explorer plays, and the network's steps in the same second.
FRAMES = """() => new Promise(done => {
  const words = () => Number(document.querySelector(".fbkit-summary").textContent.split(" ")[1]);
  const began = performance.now(), before = words(); let frames = 0;
  const look = () => {
    frames += 1;
    const past = (performance.now() - began) / 1000;
    past < 2 ? requestAnimationFrame(look) : done([frames / past, (words() - before) / past]);
  };
  look();
})"""
# Milliseconds of one frame of the eight points' engine while a point moves, mean of
# 100.
POINT = """params => {
  const engine = fbkit.engines.spectral_seminorm(fbkit.tools()), state = engine.init(params), began = performance.now();
  for (let i = 0; i < 100; i++) {
    params.heights[3] = i / 100;
    engine.aim(state, params);
    engine.frame(state);
  }
  return (performance.now() - began) / 100;
}"""
# From the arrow key that moves a point on the page to the new words, when the curve has
# been drawn.
DRAG = """key => new Promise(done => {
  const handle = document.querySelectorAll(".fbkit-handle")[3], words = document.querySelector(".fbkit-summary");
  const began = performance.now();
  const observer = new MutationObserver(() => { observer.disconnect(); done(performance.now() - began); });
  observer.observe(words, { childList: true, characterData: true, subtree: true });
  handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
})"""


class Environment:
    """What `page` needs of pytest's monkeypatch."""

    setenv = staticmethod(os.environ.__setitem__)


def kernel_milliseconds(name, params):
    explorer = registry()[name]
    began = time.perf_counter()
    explorer.summary(explorer.arrays(params), params)
    return 1000 * (time.perf_counter() - began)


def main():
    path = chromium()
    if path is None:
        print(MISSING)
        return 1
    from playwright.sync_api import sync_playwright

    rows = {}
    note = lambda name, value: rows.setdefault(name, []).append(value)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        engine = engine_page(browser)
        shown = browser.new_page(viewport={"width": 1280, "height": 900})
        shown.goto(page(folder, NAME, Environment))
        shown.wait_for_selector("[data-ready]")
        points = browser.new_page(viewport={"width": 1280, "height": 900})
        points.goto(page(folder, "spectral_seminorm", Environment))
        points.wait_for_selector("[data-ready]")
        os.environ["FBKIT_SITE"] = "0"
        start = registry()[NAME].check({"width": 256})
        for turn in range(REPEATS):
            prefix = engine.evaluate(SPEED, [start, 5000])
            dense = engine.evaluate(SPEED, [start | {"dense": True}, 500])
            note("ReLU by prefix sums, steps/s", prefix)
            note("ReLU dense, steps/s", dense)
            note("prefix over dense, times", prefix / dense)
            note(
                "tanh dense, steps/s",
                engine.evaluate(SPEED, [start | {"activation": "tanh"}, 300]),
            )
            note(
                "sine dense, steps/s",
                engine.evaluate(SPEED, [start | {"activation": "sine"}, 300]),
            )
            shown.locator(".fbkit-play").click()
            shown.wait_for_timeout(1500)
            frames, steps = shown.evaluate(FRAMES)
            note("frames/s while playing", frames)
            note("network steps/s while playing", steps)
            shown.get_by_role("button", name="Reset").click()
            new = {
                "measure_frequency": {"width": 0.52 + 0.1 * turn},
                "when_it_fails": {"strength": 0.02 + 0.1 * turn},
            }
            new["frequency_pde"] = {
                "sigma_a": 0.32 + 0.1 * turn
            }  # assembles and solves the equation; aim 100 ms
            gelu = registry()["spectral_seminorm"].check({"name": "gelu"})
            note("eight points, engine's frame, ms", engine.evaluate(POINT, gelu))
            note(
                "eight points, key to picture, ms",
                points.evaluate(DRAG, "ArrowDown" if turn % 2 else "ArrowUp"),
            )
            new["spectral_seminorm"] = {"heights": [0, 0, 0, 0.1 * turn, 0, 0, 0, 0.5]}
            for name, params in new.items():
                explorer = registry()[name]
                if turn == 0:
                    explorer.arrays(explorer.check({}))  # train, and fill caches
                note(
                    f"{name} in Python, ms",
                    kernel_milliseconds(name, explorer.check(params)),
                )
        engine.close()
        shown.close()
        points.close()
        with notebook(
            browser, folder, ["import fbkit as fb\nfb.explore('measure_frequency')"]
        ) as lab:
            lab.wait_for_selector("[data-ready]", timeout=90_000)
            for turn in range(2 * REPEATS):
                turned = lab.evaluate(
                    ROUND_TRIP, ["measure_frequency", 5 if turn % 2 else -5]
                )
                note("JupyterLab round trip, ms", turned)
        browser.close()
    print(f"{'width 256, 128 points':42}{'min':>10}{'median':>10}{'max':>10}")
    for name, values in rows.items():
        print(
            f"{name:42}{min(values):10.4g}{statistics.median(values):10.4g}{max(values):10.4g}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
