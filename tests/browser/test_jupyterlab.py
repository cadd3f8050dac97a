"""The same explorer in JupyterLab: its controls call the kernel, which can set them."""

import pytest

from tests.browser.jupyterlab import ROUND_TRIP, notebook
from tests.browser.watching import draws, eventually, moves

CELLS = ["import fbkit as fb\nshown = fb.explore('measure_frequency')\nshown"]


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    with notebook(browser, tmp_path_factory.mktemp("lab"), CELLS) as page:
        page.wait_for_selector("[data-explorer][data-ready]", timeout=90_000)
        yield page


# The kernel of the open notebook runs a line of Python.
SET = """async () => {
  const panel = jupyterapp.shell.currentWidget;
  const kernel = panel.context.sessionContext.session.kernel;
  const values = "{**shown.values, 'width': 3.0, 'labels': 'random'}";
  await kernel.requestExecute({ code: `shown.values = ${values}` }).done;
}"""


def root(lab):
    return lab.locator("[data-explorer=measure_frequency]")


def test_it_draws_and_moves_through_the_kernel(lab):
    assert draws(root(lab)) and moves(root(lab))


def test_a_control_off_the_presets_is_recomputed(lab):
    words = root(lab).locator(".fbkit-summary")
    assert "The low part holds" in words.inner_text()  # `moves` went to the end
    before = words.inner_text()
    assert lab.evaluate(ROUND_TRIP, ["measure_frequency", 40]) < 5000
    assert words.inner_text() != before
    value = root(lab).locator(".fbkit-controls .fbkit-value").first.inner_text()
    assert float(value) not in (0.3, 0.45, 0.6, 0.8, 1, 1.4, 2, 3)


def test_python_sets_the_controls(lab):
    lab.evaluate(SET)
    width = root(lab).locator(".fbkit-controls .fbkit-value").first
    labels = root(lab).locator("select").last
    assert eventually(lambda: width.inner_text() == "3", 20)
    assert eventually(lambda: labels.input_value() == "random")
    assert root(lab).locator("button", has_text="Copy link").count() == 0
