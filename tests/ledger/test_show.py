"""How claims look: a card, the table of a page, the ledger."""

import dataclasses
import html
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import fbkit as fb
from fbkit import ledger
from fbkit.ledger import show
from fbkit.ledger.band import EDGE, FAR, WIDE, band
from fbkit.ledger.stored import build_file
from tests.course import ROOT

REGISTRY = ledger.registry()
CALIBRATED = [id for id, one in REGISTRY.items() if one.calibrated]
SOME = "circle-rates"
RECORDED = next(id for id in CALIBRATED if REGISTRY[id].kind == "recorded")


class Cells(HTMLParser):
    """The texts of a page's cells, row by row, and of everything else."""

    def __init__(self, text: str):
        super().__init__()
        self.rows, self.open, self.rest = [], False, ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.open = True

    def handle_endtag(self, tag):
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, data):
        if self.open:
            self.rows[-1][-1] += data
        else:
            self.rest += data


def card(id):
    return ledger.result(id)._repr_html_()


# ---- a card ----


@pytest.mark.parametrize("id", CALIBRATED)
def test_a_card_is_one_line_with_its_numbers_in_a_fold(id):
    one, page = REGISTRY[id], card(id)
    assert page.count("<details") == 2, "the numbers, the code"
    assert "<details open" not in page
    line = re.search(r"<summary>(.*?)</summary>", page, re.DOTALL)[1]
    bare = html.unescape(re.sub(r"<[^>]+>", "", line)).strip()
    assert " ".join(bare.split()) == f"✓ {one.says}"
    assert line.count("<b>") == one.template.count("{")


@pytest.mark.parametrize("id", CALIBRATED)
def test_a_row_has_expected_each_seed_and_each_wrong_theory(id):
    one, seen = REGISTRY[id], ledger.result(id)
    head, *rows = Cells(card(id)).rows
    assert len(head) == 3 + len(one.seeds) + len(one.rival)
    assert len(rows) == len(one.rows)
    for row, (name, unit), drawn in zip(rows, one.rows.items(), seen.rows()):
        assert row[0] == f"{name} {unit}".strip()
        assert row[1] == drawn.expected and "±" in row[1]
        assert row[2 : 2 + len(one.seeds)] == drawn.measured
        assert row[2 + len(one.seeds) : -1] == drawn.rivals


def test_a_card_says_kind_source_rival_ledger_and_code():
    page = card("circle-rates")
    one = REGISTRY["circle-rates"]
    text = " ".join(Cells(page).rest.split())
    assert "Live: measured in one run without chance" in text
    assert "× a wrong theory, “the kinks alone”" in text
    assert 'href="claims.html#ledger-circle-rates"' in page
    assert 'href="code/circle_eigenfunctions.html#circle-rates"' in page
    assert "def " in page and one.function.__name__ in page


def test_a_recorded_claim_says_when_and_how_long():
    record = REGISTRY[RECORDED].record()
    assert f"on {record.date}, in " in Cells(card(RECORDED)).rest


def test_a_source_leads_to_the_bibliography_where_that_has_it(monkeypatch):
    monkeypatch.chdir(ROOT)
    show._bibliography.cache_clear()
    assert build_file() is not None
    assert 'href="bibliography.html#cite-xu2019">1901.06523</a>' in card("large-rates")
    one = dataclasses.replace(REGISTRY["large-rates"], source="arXiv 1234.56789")
    page = ledger.Result(one, ledger.result("large-rates").measured)._repr_html_()
    assert "1234.56789" in page and "bibliography" not in page


def test_a_claim_with_a_typed_tolerance_says_that_it_is_not_calibrated():
    one = dataclasses.replace(REGISTRY[SOME], typed_tolerance=REGISTRY[SOME].tolerance)
    page = ledger.Result(one, ledger.result(SOME).measured)._repr_html_()
    assert "Not calibrated." in page and "✓" not in page and "fb-old" in page
    assert len(Cells(page).rows) == 1 + len(one.rows)
    line = re.search(r"<summary>(.*?)</summary>", page, re.DOTALL)[1]
    assert len(re.sub(r"<[^>]+>", "", line).strip()) < 120
    assert one.says in html.unescape(page)


def test_what_a_claim_says_is_no_markup():
    one = dataclasses.replace(REGISTRY[SOME], template="1 < 2 & <b>3</b>.")
    page = ledger.Result(one, ledger.result(SOME).measured)._repr_html_()
    assert "1 &lt; 2 &amp; &lt;b&gt;3&lt;/b&gt;." in page


def test_a_window_as_wide_as_the_number_is_grey():
    one = dataclasses.replace(
        REGISTRY[SOME],
        rows={"narrow": "", "wide": "", "zero": ""},
        expects=[1.0, 1.0, 0.0],
        typed_tolerance=[0.5, 1.0, 1.0],
    )
    seen = ledger.Result(one, np.array([[1.0, 1.0, 0.0]]))
    assert [row.wide for row in seen.rows()] == [False, True, False]
    assert seen._repr_html_().count('<tr class="fb-wide">') == 1


# ---- the picture of a row ----


def test_a_dot_lies_in_the_band_exactly_where_its_number_is_in_the_window():
    drawn = band(10, 1, [9.1, 10.9, 11.3], [14])
    inside = [drawn.low <= x <= drawn.high for x in drawn.dots]
    assert inside == [True, True, False] and not drawn.log
    assert drawn.marks[0].x == WIDE - EDGE and drawn.marks[0].beyond == ""


def test_a_row_that_spans_decades_has_a_logarithmic_axis():
    drawn = band(100, 60, [90], [10])
    assert drawn.log and drawn.marks[0].x == EDGE
    decade = drawn.dots[0] - drawn.marks[0].x
    whole = WIDE - 2 * EDGE
    assert decade == pytest.approx(whole * np.log10(9) / np.log10(16), abs=1)
    assert not band(100, 60, [90], [-10]).log


@pytest.mark.parametrize(("rival", "beyond"), [(1e6, ">"), (-1e6, "<")])
def test_a_far_rival_stands_at_the_edge(rival, beyond):
    drawn = band(0, 1, [0], [rival])
    assert drawn.marks[0].beyond == beyond
    assert drawn.high - drawn.low == pytest.approx((WIDE - 2 * EDGE) / (1 + FAR), abs=2)


def test_what_has_no_place_is_left_out():
    assert band(np.inf, 0, [np.inf], []) is None
    drawn = band(1, 1, [np.inf, 1], [np.nan, 3])
    assert len(drawn.dots) == 1 and [mark.which for mark in drawn.marks] == [1]


# ---- all of a page ----


def test_measured_shows_each_claim_with_its_rows():
    ids = ["circle-rates", "circle-odd-stays"]
    page = fb.measured(*ids)._repr_html_()
    assert page.count("<details") == 1 and page.count("<table") == len(ids)
    for id in ids:
        assert f'id="measured-{id}"' in page and f'id="claim-{id}"' not in page
        assert f"claims.html#ledger-{id}" in page
    rows = Cells(page).rows
    assert len(rows) == sum(1 + len(REGISTRY[id].rows) for id in ids)


def test_measured_refuses_what_it_cannot_show():
    with pytest.raises(ValueError, match="nearest of them circle-steps"):
        fb.measured("circle-rates", "circle-step")
    with pytest.raises(ValueError, match="got no claim"):
        fb.measured()
    with pytest.raises(ValueError, match="'circle-rates' twice"):
        fb.measured("circle-rates", "circle-steps", "circle-rates")


def test_measured_stops_the_build_where_a_claim_fails(monkeypatch):
    monkeypatch.setattr(ledger.Claim, "holds", lambda self, values: False)
    with pytest.raises(AssertionError, match="Claim circle-steps FAILS"):
        fb.measured("circle-steps")


# ---- the ledger ----


def test_the_ledger_has_every_claim_once_under_its_page():
    contents = {"I. One": {"circle_eigenfunctions": "A title"}}
    table = ledger.ClaimsTable(contents)
    page = table._repr_html_()
    for id in REGISTRY:
        assert page.count(f'id="ledger-{id}"') == 1
    assert f"<strong>{table.held} of {len(REGISTRY)}</strong> hold" in page
    assert page.index("I. One") < page.index("A title") < page.index("Others")
    group = page[page.index("A title") : page.index("Others")]
    for id, one in REGISTRY.items():
        here = one.folder.name == "circle_eigenfunctions"
        assert (f'id="ledger-{id}"' in group) == here


def test_the_ledger_prints_how_sharp_its_windows_are():
    table = fb.claims_table()
    share = f"{100 * table.sharpness:.2g} % of the way"
    assert share in table._repr_html_()


@pytest.mark.parametrize(
    ("value", "text"),
    [(1244.6, "1245"), (-0.5, "−0.5"), (5.7e-8, "5.7 × 10⁻⁸"), (np.inf, "never")],
)
def test_numbers_are_typeset(value, text):
    assert show.typeset(value) == text
