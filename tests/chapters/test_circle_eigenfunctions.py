"""The circle's engine and its Python twin, and the closed forms against gradient
descent step by step.
"""

import numpy as np
import pytest

from fbkit.chapters.circle_eigenfunctions import twin
from fbkit.explorers import registry
from fbkit.kernels import ntk_profile, relu_profile
from tests.chapters.test_watch_a_network_learn import worst
from tests.explorers.pages import engine_page

EXPLORER = registry()["circle_eigenfunctions"]
RUN = """params => {
  const engine = fbkit.engines.circle_eigenfunctions(fbkit.tools()), arrays = engine.frame(engine.init(params));
  const lists = Object.fromEntries(Object.entries(arrays).map(([k, v]) => [k, Array.from(v)]));
  return [lists, engine.report({ params }, arrays)];
}"""
FAR = [
    {"depth": 8, "bias": 2, "points": 256, "lr": 3},
    {"depth": 5, "bias": 0.001, "points": 19, "mode": 8},
    {"depth": 3, "points": 25, "lr": 8, "amplitudes": [0] * 8},
]


@pytest.mark.parametrize("params", [*EXPLORER.presets.values(), *FAR], ids=str)
def test_engine_equals_its_twin(browser, params):
    page, params = engine_page(browser), EXPLORER.check(params)
    arrays, report = page.evaluate(RUN, params)
    page.close()
    ours = EXPLORER.arrays(params)
    assert worst(ours, arrays) < 1e-10
    assert report["summary"] == EXPLORER.summary(ours, params)
    assert ("capped" in report["note"]) == (params["lr"] * ours["rates"].max() > 1.9)


def test_rates_are_the_closed_form():
    K = relu_profile("ntk")
    limit = EXPLORER.arrays(EXPLORER.check({}))["limit"]
    assert limit == pytest.approx(
        K.eigenvalues(2, 8) / K(0.0), rel=1e-4
    )  # 4,096 points see aliases too


def test_the_network_is_gradient_descent_at_the_points_and_between_them():
    params = EXPLORER.check(
        {
            "points": 17,
            "lr": 2,
            "bias": 0.05,
            "amplitudes": [0.5, 0, 1, 0, 0, 0, 0.25, 0],
        }
    )
    arrays, net = EXPLORER.arrays(params), {"depth": 2, "bias_variance": 0.05}
    x, angle = arrays["points"], arrays["angle"]
    K = ntk_profile(angle[:, None] - x, **net) / ntk_profile(0.0, **net)  # (angles, n)
    f, at = np.zeros(len(angle)), slice(0, -1, len(angle) // 17)
    for step in range(1, 11):
        f -= 2 / 17 * K @ (f[at] - arrays["data"])
        if step in twin.STEPS:
            assert arrays["network"][list(twin.STEPS).index(step)] == pytest.approx(
                f, abs=1e-12
            )
