"""The form of pages in the course's second form: every limit that can be counted.

CONTRIBUTING.md says how to write such a page; `python -m tests.page_form book/NAME`
prints what is counted of one.
"""

import re

import pytest

from fbkit.ledger import registry
from tests.course import HTML, ROOT
from tests.page_form import (
    EXERCISE,
    LAST_SECTIONS,
    SOLUTION,
    Form,
    core_pages_to_do,
    course_map,
    new_symbols,
    notation,
    pages_of_form_2,
    symbols,
)

PAGES = pages_of_form_2()
CORE = [name for name in PAGES if course_map.course()[name].is_core]
every_page = pytest.mark.parametrize("name", PAGES)
every_core_page = pytest.mark.parametrize("name", CORE)


def test_every_core_page_is_in_the_form():
    assert core_pages_to_do() == []


# ---- head and order ----


@every_page
def test_the_header_line_is_written_from_the_metadata(name):
    form = Form(name)
    line = course_map.header_line(name, form.course)
    title, below, *_ = form.cells[0].source.split("\n\n")
    assert title.startswith("# ") and below.strip() == line
    assert form.further != course_map.course()[name].is_core


@every_core_page
def test_minutes(name):
    assert 15 <= Form(name).course["minutes"] <= 25


@every_core_page
def test_its_title_is_a_question(name):
    assert course_map.title(name).endswith("?")


@every_core_page
def test_sections_stand_in_order(name):
    sections = Form(name).sections
    start = sections.index(LAST_SECTIONS[0])
    assert sections[start:] == LAST_SECTIONS
    assert 3 <= start <= 6


@every_core_page
def test_has_at_most_two_further_pages(name):
    further = [
        page
        for page in course_map.course().values()
        if page.core == name and not page.is_core
    ]
    assert len(further) <= 2
    assert all(page.course.get("optional") for page in further)


@every_core_page
def test_keeps_three_lines_and_one_formula(name):
    (keep,) = [text for text in texts(name, "Keep")]
    assert len(re.findall(r"(?m)^(?:\d\.|[-*]) ", keep)) == 3
    assert keep.count("$$") == 2


def texts(name: str, section: str) -> list[str]:
    cells = [cell for cell in Form(name).cells if cell.kind == "markdown"]
    return [cell.source for cell in cells if cell.section == section]


# ---- lengths ----


@every_page
def test_words(name):
    form = Form(name)
    if form.further:
        assert form.open_words <= 2500
    else:
        assert form.open_words <= 1800
        assert form.folded_words <= 3000


@every_page
def test_no_bracket_is_long(name):
    assert Form(name).long_brackets() == []


@every_page
def test_lines_of_code_are_short(name):
    lines = [line for cell in Form(name).code() for line in cell.source.splitlines()]
    assert [line for line in lines if len(line) > 72] == []


@every_core_page
def test_pictures_are_few(name):
    assert len(Form(name).pictures) <= 4


@every_page
def test_claims_are_few_and_all_are_listed(name):
    form = Form(name)
    assert len(form.all_claims) <= 8
    listed = form.named("measured")
    assert set(listed) == set(form.all_claims), "fb.measured lists all claims"
    assert set(listed) <= set(registry())
    if not form.further:
        assert len(form.shown_claims) <= 4
        assert all(len(registry()[id].rows) <= 3 for id in form.shown_claims)


# ---- pictures ----


@every_page
def test_every_picture_has_a_caption(name):
    assert Form(name).pictures_without_caption() == []


@every_page
def test_no_finding_stands_above_its_picture(name):
    assert Form(name).told_above() == []


# ---- questions ----


@every_core_page
def test_asks_before_and_after(name):
    form = Form(name)
    assert len(form.tagged("predict")) >= 1
    assert len(form.tagged("quiz")) == 3


@every_core_page
def test_exercises_say_how_hard_and_how_long(name):
    text = "\n".join(texts(name, "Exercises"))
    marked = EXERCISE.findall(text)
    titles = re.findall(r"(?m)^\*\*\d+\. ", text)
    assert len(titles) == len(marked) == len(SOLUTION.findall(text))
    assert len(marked) >= 2
    assert "on paper" in text.partition("**2. ")[0]


# ---- symbols and numbers ----


@every_page
def test_every_letter_is_in_the_notation(name):
    known = notation()
    assert [one for one in Form(name).symbols if one not in known] == []


@every_core_page
def test_few_letters_are_new(name):
    new = new_symbols(name)
    print(f"{name}: {', '.join(new)}")
    assert len(new) <= 10, new


@every_page
def test_every_number_has_a_source(name):
    """No number in text or captions stands there on its own.

    Each is written by a claim's row; or stands in the page's code or mathematics (a
    setting, arithmetic that is shown), in the code of one of its claims, in a link that
    sets an explorer, or in what a cell prints; or is in a sentence with a citation; or
    is a count up to a dozen, without "%", "times" or "dB". What questions set or offer
    is left out: predictions, options, exercises with their solutions.
    """
    assert Form(name).numbers_without_source() == []


def written(tmp_path, *cells: tuple[str, str, list[str]], **course) -> Form:
    """A page of (kind, source, tags) cells."""
    import json

    made = [
        {"cell_type": kind, "source": source, "metadata": {"tags": tags}}
        for kind, source, tags in cells
    ]
    path = tmp_path / "page.ipynb"
    whole = {"cells": made, "metadata": {"course": {"form": 2, **course}}}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return Form("book/page", path)


def test_numbers_that_nothing_answers_for_are_seen(tmp_path):
    text = (
        "It took 350 steps, not 64. One is [353](#claim:a/b). All of $x = 17$ and 17."
        " By {cite:t}`xu2018` it is 99. There are 9 waves, 9 times as high, and $41$."
        " It holds 0.55. So 20 % are left."
    )
    form = written(
        tmp_path,
        ("markdown", text, []),
        ("code", "basis = fb.circle(points=64)", []),
        ("markdown", "Is it 77?\n\n- 78 %", ["predict"]),
    )
    found = [one.partition(" in:")[0] for one in form.numbers_without_source()]
    assert found == ["350", "9 times", "41", "0.55"]


def test_spoilers_and_bare_pictures_are_seen(tmp_path):
    told = 'fb.plot.images(a, alt="The curve falls steeply, as expected before.")'
    form = written(
        tmp_path,
        ("code", told, []),
        ("markdown", "As expected, the curve falls steeply before 2.", ["caption"]),
        ("code", 'fb.plot.images(a, alt="A curve.", high=0.37)', []),
        ("markdown", "It is [0.37](#claim:a/b) high.", ["caption"]),
        ("code", 'fb.plot.images(a, alt="A curve over time.")', []),
        ("markdown", "It falls.", ["caption"]),
        ("code", 'fb.plot.images(b, alt="Another.")', []),
    )
    assert [source.count("fb.plot") for source in form.told_above()] == [1, 1]
    assert len(form.pictures_without_caption()) == 1


def test_words_and_brackets_are_counted(tmp_path):
    text = (
        "# Title here\n\nOne two $x$ (" + "three " * 26 + ").\n\n$$y = x$$\n\n"
        '<details class="solution"><summary>No</summary>\n\nfour\n\n</details>'
        "\n\n<details><summary>A</summary>\n\nfive six\n\n</details>"
    )
    form = written(tmp_path, ("markdown", text, []))
    assert form.open_words == 31
    assert form.folded_words == 34
    assert len(form.long_brackets()) == 1


def test_letters_are_found_with_their_accents():
    formula = (
        r"\hat r_{kl}(t) = \int K'(\theta) e^{-\lambda_k t}\,d\theta \text{ if } x"
    )
    expected = [r"\hat r", "t", "K", r"\theta", r"\lambda", "x"]
    assert symbols(formula) == expected


# ---- the built page ----


def built(name: str) -> str:
    return (HTML / f"{name}.html").read_text(encoding="utf-8")


@every_page
def test_prints_are_rounded(name):
    """No visible output has a number of more than six digits after its point."""
    printed = re.findall(
        r'class="output (?:text_plain|stream).*?</pre>', built(name), re.S
    )
    text = "\n".join(printed)
    assert re.findall(r"\d\.\d{7,}|np\.float64", text) == []


def test_the_table_of_letters_has_one_meaning_each():
    """Reading it fails where a letter stands twice."""
    assert len(notation()) > 30


# ---- the script of the pages ----


def statements(code: bytes) -> int:
    """Statements and declarations of a script, as its grammar has them."""
    import tree_sitter_javascript
    from tree_sitter import Language, Parser

    parser = Parser(Language(tree_sitter_javascript.language()))
    found, waiting = 0, [parser.parse(code).root_node]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        found += node.is_named and node.type.endswith(("_statement", "_declaration"))
    return found


def test_the_script_of_questions_and_predictions_is_short():
    assert statements(b"let a = 1; if (a) { f(a); } else g();") == 4
    assert 50 < statements((ROOT / "book/static/page.js").read_bytes()) < 150
