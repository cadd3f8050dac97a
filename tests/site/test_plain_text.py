"""A page's words, as descriptions and the search show them."""

import sys
from pathlib import Path

import pytest
from docutils import nodes

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book/_ext"))
import plain_text  # noqa: E402


def paragraph(*parts):
    made = nodes.paragraph()
    for part in parts:
        made += nodes.Text(part) if isinstance(part, str) else part
    return made


def page(*parts):
    document = nodes.document(None, None)
    section = nodes.section()
    section += nodes.title("", "A title")
    for part in parts:
        section += part
    document += section
    return document


def test_formulas_are_read_and_words_left_as_they_are():
    mixed = paragraph("A_{k} \\and ", nodes.math("", r"\mu_{k}"), " too")
    assert plain_text.plain(mixed) == "A_{k} \\and μ_k too"


def test_blocks_stand_apart_and_what_is_in_a_line_does_not():
    two = nodes.section()
    two += [
        paragraph("One", nodes.emphasis("", "", nodes.Text("self")), "."),
        paragraph("Two."),
    ]
    assert plain_text.plain(two) == "Oneself. Two."


def test_pictures_and_comments_have_no_words():
    silent = [nodes.comment("", "no"), nodes.raw("", "<b>", format="html")]
    assert plain_text.plain(paragraph("Yes", *silent, ".")) == "Yes."


HEADER = paragraph(nodes.emphasis("", "", nodes.Text("25 minutes")))


@pytest.mark.parametrize(
    "first",
    [
        paragraph("It is plain."),
        paragraph("It is ", nodes.emphasis("", "", nodes.Text("plain")), "."),
        paragraph(nodes.emphasis("", "", nodes.Text("It is")), " plain."),
        paragraph("It is plain", nodes.emphasis("", "", nodes.Text("."))),
    ],
)
def test_the_first_paragraph_describes_and_the_header_does_not(first):
    note = nodes.note("", paragraph("A note."))
    document = page(note, HEADER.deepcopy(), first.deepcopy(), paragraph("More."))
    assert plain_text.description(document) == "It is plain."
    assert plain_text.description(page(HEADER.deepcopy())) == ""


def test_a_description_has_two_hundred_characters_at_most():
    words = "four " * 39 + "fours"
    assert len(words) == 200
    assert plain_text.description(page(paragraph(words))) == words
    longer = plain_text.description(page(paragraph(words + "s")))
    assert longer == "four " * 38 + "four…"


@pytest.mark.parametrize(
    ("text", "longest", "short"),
    [
        ("One two. Three", 14, "One two. Three"),
        ("One two three", 7, "One two…"),
        ("One two three", 8, "One two…"),
        ("One twos three", 7, "One…"),
        ("One two, three", 9, "One two…"),
        ("Five. And more of it", 10, "Five. And…"),
        ("Seven77. And more of it", 10, "Seven77."),
    ],
)
def test_a_text_is_cut_after_a_sentence_or_a_word(text, longest, short):
    assert plain_text.shortened(text, longest) == short
