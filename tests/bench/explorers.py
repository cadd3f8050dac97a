"""What the explorers cost: `make bench-explorers`.

Repetitions are interleaved; each row is min, median, max. Figures are wall-clock on
this machine, in Chromium and in JupyterLab; nothing here is asserted.
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
  const engine = fbkit.engines.watch_a_network_learn(fbkit.tools());
  const state = engine.init(params);
  engine.step(state, steps);
  const began = performance.now();
  engine.step(state, steps);
  return steps / (performance.now() - began) * 1000;
}"""
# Frames a second while the explorer plays, and the network's steps in the same second.
FRAMES = """() => new Promise(done => {
  const summary = document.querySelector(".fbkit-summary");
  const steps = () => Number(summary.textContent.split(" ")[1]) || 0;
  const began = performance.now(), before = steps();
  let frames = 0;
  const look = () => {
    frames += 1;
    const past = (performance.now() - began) / 1000;
    if (past < 2) requestAnimationFrame(look);
    else done([frames / past, (steps() - before) / past]);
  };
  look();
})"""
# Milliseconds of a frame of the eight points' engine while a point moves, mean of 100.
POINT = """params => {
  const engine = fbkit.engines.spectral_seminorm(fbkit.tools());
  const state = engine.init(params), began = performance.now();
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
  const handle = document.querySelectorAll(".fbkit-handle")[3];
  const words = document.querySelector(".fbkit-summary");
  const began = performance.now();
  const observer = new MutationObserver(() => {
    observer.disconnect();
    done(performance.now() - began);
  });
  observer.observe(words, { childList: true, characterData: true, subtree: true });
  handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
})"""
WINDOW = {"width": 1280, "height": 900}


class Environment:
    """What `page` needs of pytest's monkeypatch."""

    setenv = staticmethod(os.environ.__setitem__)


class Rows:
    """Measurements by name."""

    def __init__(self):
        self.values: dict[str, list[float]] = {}

    def note(self, name: str, value: float) -> None:
        self.values.setdefault(name, []).append(value)

    def report(self) -> None:
        print(f"{'width 256, 128 points':42}{'min':>10}{'median':>10}{'max':>10}")
        for name, values in self.values.items():
            middle = statistics.median(values)
            print(f"{name:42}{min(values):10.4g}{middle:10.4g}{max(values):10.4g}")


def shown(browser, folder, name):
    """A browser page that shows an explorer."""
    tab = browser.new_page(viewport=WINDOW)
    tab.goto(page(folder, name, Environment))
    tab.wait_for_selector("[data-ready]")
    return tab


def trainer_speed(rows, engine):
    """Steps a second of the first chapter's engine, without a page."""
    start = registry()[NAME].check({"width": 256})
    speed = lambda steps, **change: engine.evaluate(SPEED, [{**start, **change}, steps])
    prefix = speed(5000)
    dense = speed(500, dense=True)
    rows.note("ReLU by prefix sums, steps/s", prefix)
    rows.note("ReLU dense, steps/s", dense)
    rows.note("prefix over dense, times", prefix / dense)
    rows.note("tanh dense, steps/s", speed(300, activation="tanh"))
    rows.note("sine dense, steps/s", speed(300, activation="sine"))


def playing(rows, tab):
    tab.locator(".fbkit-play").click()
    tab.wait_for_timeout(1500)
    frames, steps = tab.evaluate(FRAMES)
    rows.note("frames/s while playing", frames)
    rows.note("network steps/s while playing", steps)
    tab.get_by_role("button", name="Reset").click()


def eight_points(rows, engine, tab, turn):
    gelu = registry()["spectral_seminorm"].check({"name": "gelu"})
    rows.note("eight points, engine's frame, ms", engine.evaluate(POINT, gelu))
    key = "ArrowDown" if turn % 2 else "ArrowUp"
    rows.note("eight points, key to picture, ms", tab.evaluate(DRAG, key))


def in_python(rows, turn):
    """Explorers that the kernel computes, each at a setting it has not seen."""
    settings = {
        "measure_frequency": {"width": 0.52 + 0.1 * turn},
        "when_it_fails": {"strength": 0.02 + 0.1 * turn},
        # Assembles and solves the equation; aim 100 ms.
        "frequency_pde": {"alpha": 0.32 + 0.1 * turn},
        "spectral_seminorm": {"heights": [0, 0, 0, 0.1 * turn, 0, 0, 0, 0.5]},
    }
    for name, setting in settings.items():
        explorer = registry()[name]
        if turn == 0:
            explorer.arrays(explorer.check({}))  # train, and fill caches
        params = explorer.check(setting)
        began = time.perf_counter()
        explorer.summary(explorer.arrays(params), params)
        taken = time.perf_counter() - began
        rows.note(f"{name} in Python, ms", 1000 * taken)


def in_jupyterlab(rows, browser, folder):
    cells = ["import fbkit as fb\nfb.explore('measure_frequency')"]
    with notebook(browser, folder, cells) as lab:
        lab.wait_for_selector("[data-ready]", timeout=90_000)
        for turn in range(2 * REPEATS):
            change = ["measure_frequency", 60 if turn % 2 else -60]
            rows.note("JupyterLab round trip, ms", lab.evaluate(ROUND_TRIP, change))


def measure(rows, browser, folder):
    engine = engine_page(browser)
    trainer = shown(browser, folder, NAME)
    points = shown(browser, folder, "spectral_seminorm")
    os.environ["FBKIT_SITE"] = "0"
    for turn in range(REPEATS):
        trainer_speed(rows, engine)
        playing(rows, trainer)
        eight_points(rows, engine, points, turn)
        in_python(rows, turn)
    for tab in (engine, trainer, points):
        tab.close()
    in_jupyterlab(rows, browser, folder)


def main():
    path = chromium()
    if path is None:
        print(MISSING)
        return 1
    from playwright.sync_api import sync_playwright

    rows = Rows()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        measure(rows, browser, folder)
        browser.close()
    rows.report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
