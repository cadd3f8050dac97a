"""The circle's closed forms against gradient descent step by step."""

import numpy as np
import pytest

from fbkit.chapters.circle_eigenfunctions import twin
from fbkit.explorers import registry
from fbkit.kernels import ntk, relu_profile
from tests.explorers.pages import run_engine

EXPLORER = registry()["circle_eigenfunctions"]


@pytest.mark.parametrize("lr", [1, 8])
@pytest.mark.parametrize("depth", [2, 8])
def test_a_learning_rate_above_the_bound_is_capped_and_says_so(blank, lr, depth):
    params = EXPLORER.check({"lr": lr, "depth": depth})
    _, report = run_engine(blank, EXPLORER.name, params)
    top = EXPLORER.arrays(params)["rates"].max()
    assert ("capped" in report["note"]) == (lr * top > 1.9)


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
    arrays = EXPLORER.arrays(params)
    kernel = ntk(2, weight_std=2**0.5, bias_std=0.05**0.5, output_bias_std=0.025**0.5)
    x, angle = arrays["points"], arrays["angle"]
    K = kernel.profile(angle[:, None] - x) / kernel.profile(0.0)  # (angles, n)
    f, at = np.zeros(len(angle)), slice(0, -1, len(angle) // 17)
    for step in range(1, 11):
        f -= 2 / 17 * K @ (f[at] - arrays["data"])
        if step in twin.STEPS:
            assert arrays["network"][list(twin.STEPS).index(step)] == pytest.approx(
                f, abs=1e-12
            )
