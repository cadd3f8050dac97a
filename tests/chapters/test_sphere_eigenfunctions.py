"""Degrees on the sphere: training and fresh points against the law of the library."""

import numpy as np
import pytest

from fbkit.basis import sphere_multiplicity
from fbkit.chapters.sphere_eigenfunctions.explorer import STEPS, left
from fbkit.dynamics import descent_on_samples
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


@pytest.mark.parametrize("dim, samples", [(10, 300), (10, 1000), (3, 1000), (20, 1000)])
def test_the_drawn_formula_is_the_law_of_the_library(dim, samples):
    """Up to 2 % of the start: the law leaves nothing out."""
    mu = relu_profile("cao").eigenvalues(dim, 30)
    many = sphere_multiplicity(dim, range(31))
    law = descent_on_samples(mu, many, samples, STEPS, 2.0, 1.5 - many @ mu)
    for k in (1, 2, 4):
        for mine, theirs in zip(left(mu[:9], many[:9], k, samples, 2.0), law):
            assert mine[0] == pytest.approx(1, abs=1e-9)
            np.testing.assert_allclose(mine, np.abs(theirs[:, k]), atol=0.02)


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
