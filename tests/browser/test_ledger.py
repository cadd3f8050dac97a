"""The ledger's page: its filter, and the link from a claim to its row."""


def shown(page):
    """Ids of the rows in view."""
    return page.evaluate(
        """() => [...document.querySelectorAll("#fb-ledger tr[id]")]
          .filter((row) => !row.hidden)
          .map((row) => row.id)"""
    )


def test_the_filter_keeps_the_rows_with_all_its_words(addresses, tab):
    page = tab(1280)
    page.goto(f"{addresses['http']}/book/claims.html")
    everything = shown(page)
    field = page.get_by_label("Show claims with the words")
    field.fill("circle-steps")
    assert shown(page) == ["ledger-circle-steps"]
    field.fill("rate  sine-units")
    assert shown(page) == ["ledger-sine-units"]
    field.fill("no claim says this")
    assert shown(page) == []
    field.fill("")
    assert shown(page) == everything and len(everything) > 100


def test_a_claim_links_to_its_row(addresses, tab):
    page = tab(1280)
    page.goto(f"{addresses['http']}/book/circle_eigenfunctions.html")
    claim = page.locator("#claim-circle-steps")
    claim.locator("summary").first.click()
    claim.get_by_role("link", name="the ledger").click()
    page.wait_for_url("**/claims.html#ledger-circle-steps")
    assert page.locator("#ledger-circle-steps").is_visible()
