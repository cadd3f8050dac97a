"""The ledger's page: filter, groups, and the links between a claim and its row."""

import json
import re

import pytest

from fbkit.ledger import registry
from tests.browser.watching import eventually
from tests.course import HTML, ROOT

CLAIMS = registry()


@pytest.fixture(params=[1280, 390])
def page(request, addresses, tab):
    one = tab(request.param)
    one.goto("about:blank")
    one.goto(f"{addresses['http']}/book/claims.html")
    return one


def shown(page):
    """Ids of the claims in view, in folds that are open."""
    found = page.locator(".fb-ledger .fb-claim:visible")
    return found.evaluate_all(
        "all => all.map(one => one.id.replace('ledger-', ''))"
        ".filter(id => document.getElementById('ledger-' + id).checkVisibility())"
    )


def calibrated(claim):
    return "calibrated" if claim.calibrated else ""


def field(page):
    return page.get_by_label("Words")


def test_all_hold_and_groups_are_folded(page):
    count = len(CLAIMS)
    assert page.locator(".fb-hero").inner_text().split() == (
        f"{count} of {count} hold".split()
    )
    assert shown(page) == []
    assert page.locator(".fb-group").count() >= 14
    tall = page.evaluate("document.documentElement.scrollHeight")
    assert tall <= 6000, f"{tall} px high with its groups folded"


def test_the_filter_keeps_the_claims_with_all_the_words(page):
    field(page).fill("circle-steps")
    assert shown(page) == ["circle-steps"]
    field(page).fill("rate  sine-units")
    assert shown(page) == ["sine-units"]
    assert page.locator(".fb-filter output").inner_text() == (
        f"1 of {len(CLAIMS)} claims"
    )
    # Parts and pages without one are gone, too.
    assert page.locator(".fb-ledger h2:visible").count() == 1
    assert page.locator(".fb-group:visible").count() == 1
    field(page).fill("no claim says this")
    assert shown(page) == []
    assert page.locator(".fb-group:visible").count() == 0
    field(page).fill("")
    assert page.locator(".fb-group[open]").count() == 0
    assert page.locator(".fb-group:visible").count() >= 14


@pytest.mark.parametrize("kind", ["calibrated", "recorded", "live"])
def test_the_choice_keeps_the_claims_of_a_kind(page, kind):
    wanted = {id for id, one in CLAIMS.items() if kind in (one.kind, calibrated(one))}
    page.get_by_label("Show", exact=True).select_option(kind)
    assert set(shown(page)) == wanted


def test_a_claim_leads_to_its_row_and_back(page, addresses):
    address = f"{addresses['http']}/book"
    page.goto(f"{address}/when_it_fails.html")
    card = page.locator(".fb-claim").first
    name = card.get_attribute("id").removeprefix("claim-")
    card.locator("summary").first.click()
    card.get_by_role("link", name=f"#{name}").click()
    page.wait_for_url(f"**/claims.html#ledger-{name}")
    row = page.locator(f"#ledger-{name}")
    assert eventually(lambda: row.evaluate("one => one.open"))
    assert row.locator("table").is_visible()
    row.get_by_role("link", name="on its page").click()
    page.wait_for_url(f"**/when_it_fails.html#claim-{name}")
    assert eventually(lambda: page.locator(f"#claim-{name} table").is_visible())


def test_a_row_leads_to_its_code(page):
    field(page).fill("sine-units")
    row = page.locator("#ledger-sine-units")
    row.locator("summary").first.click()
    row.get_by_role("link", name="the code").click()
    page.wait_for_url("**/code/when_it_fails.html#sine-units")
    line = page.locator('[id="sine-units"]')
    place = line.evaluate("one => one.parentElement.textContent.indexOf('def ')")
    assert place >= 0 and line.bounding_box()["y"] < 900


def test_by_keyboard(page):
    field(page).focus()
    page.keyboard.type("sine-units")
    page.keyboard.press("Enter")  # sends no form
    assert page.url.endswith("claims.html")
    summary = page.locator("#ledger-sine-units > summary")
    for _ in range(8):
        page.keyboard.press("Tab")
        if summary.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    assert page.locator("#ledger-sine-units table").is_visible()


def test_print_shows_every_claim(page):
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(shown(page)) == len(CLAIMS)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shown(page) == []


def test_no_table_widens_a_page(page):
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => { d.open = true })"
    )
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.viewport_size["width"]


def test_a_page_without_claims_loads_none_of_it():
    for name, wanted in [("when_it_fails", True), ("notation", False)]:
        built = (HTML / "book" / f"{name}.html").read_text(encoding="utf-8")
        assert ("claims.css" in built) is wanted
        assert ("claims.js" in built) is wanted


def test_every_claim_that_a_page_shows_leads_back_from_the_ledger():
    ledger = (HTML / "book" / "claims.html").read_text(encoding="utf-8")
    shown = set()
    for path in (ROOT / "book").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            text = "".join(cell["source"])
            if text.startswith(("fb.claim(", "fb.measured(")):
                shown |= set(re.findall(r'"([^"]+)"', text))
    assert len(shown) > 100
    for id in shown:
        place = re.search(rf'href="(\w+)\.html#((?:claim|measured)-{id})"', ledger)
        assert place, f"{id} is on a page, but its row has no link to it"
        page = (HTML / "book" / f"{place[1]}.html").read_text(encoding="utf-8")
        assert f'id="{place[2]}"' in page
