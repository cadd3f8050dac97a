"""Numbers of claims in the text: found, compared, put right, linked by the build."""

import importlib
import io
import json
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from fbkit import ledger
from fbkit.ledger import numbers
from fbkit.ledger.__main__ import main
from fbkit.ledger.entries import slug
from tests.course import ROOT

ODD = "circle-tall-target/80-of-4"  # 453 steps


@pytest.mark.parametrize("id", ledger.registry())
def test_every_row_has_an_address_of_its_own(id):
    one = ledger.registry()[id]
    assert len({slug(name) for name in one.rows}) == len(one.rows)
    rival = list(one.rival)
    assert len({slug(name) for name in rival} - {"expected", "measured"}) == len(rival)


def test_two_rows_with_the_same_letters_are_refused():
    with pytest.raises(ValueError, match="same letters and digits, {a, b}, {a-b}"):
        ledger.enter(
            id="two",
            source="derived here",
            says="It is {a, b}.",
            rows={"a, b": "", "a-b": ""},
            rival={"half": 1.0},
        )


def test_each_of_a_rows_numbers_has_an_address():
    one = ledger.registry()["feature-times"]
    address = "feature-times/normal-5"
    assert numbers.number_at(address) == one.expected[5]
    assert numbers.number_at(f"{address}/tolerance") == one.tolerance[5]
    mean = ledger.result("feature-times").measured[:, 5].mean()
    assert numbers.number_at(f"{address}/measured") == pytest.approx(mean)
    name, rival = next(iter(one.rival.items()))
    place = next(i for i, value in enumerate(rival) if value == value)
    row = slug(list(one.rows)[place])
    address = f"feature-times/{row}/{slug(name)}"
    assert numbers.number_at(address) == rival[place]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("circle-tall-targt/80-of-4", "circle-tall-target"),
        ("circle-tall-target/80-of-5", "did you mean '80-of-4'"),
        ("circle-tall-target", "expected one of 80-of-4, 3-left"),
        (f"{ODD}/measurd", "did you mean 'measured'"),
        ("when-it-fails-no/x", "nearest of them"),
    ],
)
def test_a_wrong_address_is_one_sentence(address, words):
    with pytest.raises(ValueError) as caught:
        numbers.number_at(address)
    assert words in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "like", "text"),
    [
        (346.2, "350", "350"),
        (344.9, "350", "340"),
        (349.0, "300", "350"),  # at least two digits count
        (1234.5, "1300", "1200"),
        (1234.5, "1,300", "1,200"),
        (1234.5, "1,301", "1,234"),
        (1234.5, "350", "1,200"),
        (9.7, "350", "10"),
        (0.0, "350", "0"),
        (2.04, "2.0", "2.0"),
        (2.04, "about 2 times", "about 2 times"),
        (0.004, "0.5", "0.004"),  # not 0.0
        (0.2061, "20 %", "21 %"),
        (0.2061, "20.0%", "20.6%"),
        (-1.996, "−1.5", "−2.0"),
        (-1.996, "1.5", "−2.0"),
        (1.996, "−1.5", "2.0"),
        (1.996, "+1.5", "+2.0"),
        (-1.996, "$-1.5$", "$-2.0$"),
        (3.46e-5, "3.4 × 10⁻⁵", "3.5 × 10⁻⁵"),
        (9.99e-5, "3.4 × 10⁻⁵", "1.0 × 10⁻⁴"),
        (3.46e5, r"$3\cdot 10^{-5}$", r"$3\cdot 10^{5}$"),
        (3.46e-7, r"$3\times10^5$", r"$3\times10^{-7}$"),
    ],
)
def test_a_number_is_rounded_as_the_text_has_it(value, like, text):
    assert numbers.as_written(value, like) == text


@given(
    st.floats(-1e12, 1e12, allow_subnormal=False).filter(
        lambda v: v == 0 or abs(v) > 1e-9
    ),
    st.sampled_from(["350", "3", "1,300", "1300", "0.35", "20 %", "4.2 × 10⁻³", "−7"]),
)
def test_what_is_put_right_is_right(value, like):
    once = numbers.as_written(value, like)
    assert numbers.as_written(value, once) == once


@pytest.mark.parametrize("text", ["", "half", "3 to 5", "sin 3x, 350"])
def test_a_text_needs_exactly_one_number(text):
    with pytest.raises(ValueError, match="needs exactly one"):
        numbers.as_written(1.0, text)


# ---- in files ----

SAID = (
    "After [200](#claim:circle-tall-target/80-of-4) steps \\\\(é\\\\), ["
    "$10\\\\times10^{2}$](#claim:circle-tall-target/80-of-4), 200 others."
)


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "page.ipynb"
    cell = {"cell_type": "markdown", "metadata": {}, "source": [SAID]}
    text = json.dumps({"cells": [cell]}, indent=1, ensure_ascii=False)
    path.write_text(text.replace("\\\\\\\\", "\\\\"), encoding="utf-8")
    return path


def test_only_the_numbers_are_put_right(notebook):
    before = notebook.read_text(encoding="utf-8")
    assert numbers.rewrite(notebook) == 2
    after = notebook.read_text(encoding="utf-8")
    right = before.replace("[200]", "[450]")
    right = right.replace("$10\\\\times10^{2}$", "$5\\\\times10^{2}$")
    assert after == right
    assert numbers.rewrite(notebook) == 0


def test_the_command_line_lists_and_puts_right(notebook, monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["ledger", "numbers", *arguments])
        return main(), capsys.readouterr().out

    code, said = run(str(notebook))
    assert code == 1 and f"the text says 200, but {ODD} is 453: write 450" in said
    assert run(str(notebook), "--write")[0] == 0
    code, said = run(str(notebook))
    assert code == 0 and "\n0 numbers" in said
    notebook.write_text("[1](#claim:no/such)", encoding="utf-8")
    code, said = run(str(notebook), "--write")
    assert code == 1 and "claim is 'no'; expected" in said


def test_the_pages_say_what_the_ledger_says(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["ledger", "numbers"])
    assert main() == 0, capsys.readouterr().out


# ---- in the build ----


SETTINGS = {
    "root_doc": "book/index",
    "extensions": ["myst_parser", "claim_numbers"],
    "html_theme": "basic",
    "myst_enable_extensions": ["dollarmath"],
}


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Builds a page of that text; its HTML, and what was warned of."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "book" / "_ext"), *sys.path])

    def build(text):
        (tmp_path / "book").mkdir(exist_ok=True)
        (tmp_path / "book/index.md").write_text(f"# Page\n\n{text}\n", encoding="utf-8")
        said = io.StringIO()
        folders = tmp_path, None, tmp_path / "out", tmp_path / "trees"
        with docutils_namespace():
            Sphinx(*folders, "html", SETTINGS, status=None, warning=said).build()
        page = tmp_path / "out" / "book" / "index.html"
        return page.read_text(encoding="utf-8"), said.getvalue()

    return build


def test_a_number_leads_to_the_ledger(site):
    page, said = site(f"After [450](#claim:{ODD}) steps.")
    assert said == ""
    assert 'href="claims.html#ledger-circle-tall-target"' in page
    assert 'title="80 % of 4: expected 453 ± 1 steps, measured 453"' in page


@pytest.mark.parametrize("place", ["claim", "measured"])
def test_a_number_leads_to_the_claim_where_the_page_shows_it(site, place):
    card = f"```{{raw}} html\n<p id='{place}-circle-tall-target'></p>\n```"
    text = f"[450](#claim:{ODD})\n\n" + card.replace("'", '"')
    page, said = site(text)
    assert said == "" and f'href="#{place}-circle-tall-target"' in page


def test_a_number_in_mathematics_is_compared(site):
    page, said = site(f"[$4.5\\times10^2$](#claim:{ODD})")
    assert said == "" and "4.5\\times10^2" in page


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (f"[170](#claim:{ODD})", f"the text says 170, but {ODD} is 453: write 450"),
        ("[170](#claim:circle-tall-target/x)", "a row of claim circle-tall-target is"),
        ("[so](#when_it_fail.knob=inner)", "no explorer is called 'when_it_fail'"),
        (
            "[so](#when_it_fails.knob=inner&when_it_fails.nob=1)",
            "the explorer when_it_fails has no 'nob' to set",
        ),
        ("[so](#nowhere)", "'nowhere'"),
    ],
)
def test_a_wrong_link_is_one_warning(site, link, words):
    said = site(link)[1]
    assert words in said and said.count("WARNING") == 1 and "index.md:3" in said


def test_a_link_that_sets_an_explorer_stays(site):
    link = "#when_it_fails.knob=inner&when_it_fails.strength=0.5"
    page, said = site(f"[set it so]({link})")
    assert said == "" and f'href="{link.replace("&", "&amp;")}"' in page


def test_code_leads_to_the_repository_only_where_that_is_set(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "book" / "_ext"), *sys.path])
    with_anchors = importlib.import_module("claim_pages").with_anchors
    one = ledger.registry()["circle-tall-target"]
    path = one.folder / "claims.py"
    plain = with_anchors(path, [one], "")
    assert 'id="circle-tall-target"' in plain and "repository" not in plain
    assert "<a " not in plain, "a link without a name"
    linked = with_anchors(path, [one], "https://example.org/c")
    line = int(re.search(r'href="https://example.org/c#L(\d+)"', linked)[1])
    assert path.read_text(encoding="utf-8").splitlines()[line - 1] == "@enter("
