"""Degrees on the sphere: training and fresh points against a Gram matrix."""

import numpy as np
import pytest

from fbkit.basis import legendre_sphere, sphere_multiplicity, sphere_points
from fbkit.chapters.sphere_eigenfunctions.explorer import STEPS, left
from fbkit.explorers import registry
from fbkit.kernels import relu_profile
from tests.browser.watching import draws, eventually, moves
from tests.explorers.pages import page, run_engine

EXPLORER = registry()["sphere_eigenfunctions"]


@pytest.mark.parametrize("dim", [3, 10])
@pytest.mark.parametrize("lr", [0.5, 10])
def test_a_step_size_above_the_bound_is_capped_and_says_so(blank, dim, lr):
    params = EXPLORER.check({"dim": dim, "lr": lr})
    _, report = run_engine(blank, EXPLORER.name, params)
    assert ("capped" in report["note"]) == (lr == 10)


@pytest.mark.parametrize("samples", [300, 1000])
def test_formula_follows_a_gram_matrix(samples):
    """All harmonics of degree 4 in R^10 at once: traces with P_4(x.x'), for gradient
    descent on sampled points.
    """
    x, lr, i = sphere_points(samples, 10), 4.0, np.searchsorted(STEPS, 1000)
    cosines = np.clip(x @ x.T, -1, 1)
    values, vectors = np.linalg.eigh(relu_profile("cao")(np.arccos(cosines)) / samples)
    share = (
        np.einsum("ij,ij->j", vectors, legendre_sphere(4, 10, cosines) @ vectors)
        / samples
    )
    decay = (1 - lr * values) ** STEPS[i]
    mu, many = relu_profile("cao").eigenvalues(10, 4), sphere_multiplicity(10, range(5))
    train, fresh = left(mu[4], many[4], 1.5 - many @ mu, samples, lr)
    assert train[i] == pytest.approx(share @ decay, abs=0.05)
    assert fresh[i] == pytest.approx(
        1 - mu[4] * share @ ((1 - decay) / values), abs=0.05
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_draws_and_answers_the_keyboard(browser, tmp_path, monkeypatch, width):
    window = browser.new_context(viewport={"width": width, "height": 900})
    tab = window.new_page()
    tab.goto(page(tmp_path, EXPLORER.name, monkeypatch))
    tab.wait_for_selector("[data-explorer][data-ready]", timeout=20_000)
    root = tab.locator("[data-explorer]")
    assert draws(root) and moves(root)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    root.locator("label:has-text('Dimension') input").press("ArrowRight")
    words = root.locator(".fbkit-summary").inner_text
    assert eventually(lambda: "in 12 dimensions" in words())
    window.close()
