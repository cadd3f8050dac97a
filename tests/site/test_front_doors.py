"""Answers, map and glossary: each row complete, each route walkable, each word once."""

import re

import pytest

from fbkit.ledger import registry
from tests.course import HTML, ROOT, pages, source
from tests.page_form import course_map

BOOK = ROOT / "book"
NUMBER = re.compile(r"\[[^\]]*\d[^\]]*\]\(#claim:([\w-]+)/[\w/-]+\)")
PAGE = re.compile(r"\]\(([\w/]+)\.(?:ipynb|md)(?:#[^)]*)?\)")
COURSE = course_map.course()


def text(name: str) -> str:
    return (BOOK / name).read_text(encoding="utf-8")


# ---- answers: a claim, a condition, a page ----


def faults(row: str) -> list[str]:
    """What a row of the answers lacks: (title, answer, condition, page), no more."""
    question, *said = [part for part in row.strip().split("\n\n") if part[0] != "#"]
    found = [] if question.rstrip().endswith("?") else ["no question"]
    if len(said) != 3:
        return [*found, f"{len(said)} paragraphs, not 3"]
    answer, condition, page = said
    claims = NUMBER.findall(answer)
    if len(claims) != 1 or not set(claims) <= set(registry()):
        found.append(f"not one number of the ledger: {claims}")
    if not condition.startswith("**Holds for** "):
        found.append("no condition")
    links = PAGE.findall(page)
    if not page.startswith("**Read** ") or len(links) != 1:
        found.append("not one page")
    found += [f"no page {link}" for link in links if f"book/{link}" not in pages()]
    return found


def answers() -> list[str]:
    return text("answers.md").split("\n### ")[1:]


@pytest.mark.parametrize("row", answers(), ids=lambda row: row.partition("\n")[0])
def test_an_answer_has_a_claim_a_condition_and_a_page(row):
    assert faults(row) == []


def test_an_incomplete_answer_is_seen():
    number = "It is [3.7](#claim:order-relu-gd-circle/frequency-1)."
    page = "**Read** [it](momentum.ipynb)"
    whole = ["Why?", number, "**Holds for** one.", page]
    assert faults("\n\n".join(whole)) == []
    wrong = {0: "Why", 1: "It is 3.7.", 2: "Holds always.", 3: "**Read** [it](no.md)"}
    for place, other in wrong.items():
        row = [*whole[:place], other, *whole[place + 1 :]]
        assert len(faults("\n\n".join(row))) == 1
        assert faults("\n\n".join([*whole[:place], *whole[place + 1 :]])) != []


def test_the_home_page_leads_to_the_answers_first():
    first = PAGE.search(text("index.ipynb"))
    assert first[1] == "answers"


# ---- routes: all that a page needs comes before it ----

ROUTE = re.compile(r"```{course-route}\n(?::minutes: (\d+)\n)?(.*?)```", re.S)


def routes() -> list[tuple[int | None, list[str]]]:
    """(minutes, the pages that fit into them) of each route of the map."""
    from course_routes import fitting

    found = []
    for minutes, body in ROUTE.findall(text("map.md")):
        limit = int(minutes) if minutes else None
        names = [f"book/{name}" for name in body.split()] or list(COURSE)
        route = fitting(names, limit, COURSE)
        found.append((limit, [page.name for page in route]))
    return found


def test_there_are_three_routes():
    assert [minutes for minutes, _ in routes()] == [120, 480, None]


@pytest.mark.parametrize("minutes, route", routes(), ids=["short", "long", "all"])
def test_a_route_can_be_walked(minutes, route):
    from course_routes import needs

    assert len(set(route)) == len(route) >= 3
    for place, name in enumerate(route):
        assert needs(COURSE[name]) <= set(route[:place]), name
    if minutes:
        taken = sum(COURSE[name].course["minutes"] for name in route)
        assert 3 / 4 * minutes <= taken <= minutes


def test_the_map_shows_each_page_once():
    """Below a page that it needs, and what else it needs is said."""
    from course_routes import above, beyond, line_to, needs

    for name, page in COURSE.items():
        up = set(line_to(name, COURSE))
        assert name not in up and above(name, COURSE) in {None, *needs(page)}
        assert needs(page) <= {*up, *beyond(name, COURSE)}


def test_a_page_without_metadata_stands_on_the_map_and_ends_a_route():
    from course_routes import above, fitting

    old = course_map.Page("book/old", "Old?", 2, 1, "I", "One", "book/old")
    new = course_map.Page(
        *("book/new", "New?", 1, 1, "I", "One", "book/new"), {"minutes": 25}
    )
    both = {"book/new": new, "book/old": old}
    assert above("book/old", both) is None
    assert fitting(list(both), 120, both) == [new]
    assert fitting(list(both), None, both) == [new, old]


def test_every_page_is_a_link_of_the_built_map():
    built = (HTML / "book/map.html").read_text(encoding="utf-8")
    _, _, tree = built.partition('<ul class="course-tree">')
    tree, _, _ = tree.partition('<section id="two-hours">')
    linked = re.findall(r'<a href="(\w+)\.html" data-page="(book/\w+)">', tree)
    assert sorted(name for _, name in linked) == sorted(COURSE)
    assert all(name == f"book/{goal}" for goal, name in linked)


# ---- glossary: alphabetical, one sentence, one page ----

TERM = re.compile(r"(?m)^(\S.*)\n  (.+)$")


def terms() -> list[tuple[str, str]]:
    """(word, what it says) of the glossary."""
    blocks = re.findall(r"```{glossary}\n(.*?)```", text("glossary.md"), re.S)
    return [term for block in blocks for term in TERM.findall(block)]


def spoken(words: str) -> str:
    return words.lower().replace("-", " ")


def test_words_are_in_order_and_stand_once():
    words = [word.lower() for word, _ in terms()]
    assert len(words) > 50
    assert words == sorted(set(words))


def test_words_stand_under_their_letter():
    for letter, block in re.findall(
        r"## (\w)\n\n```{glossary}\n(.*?)```", text("glossary.md"), re.S
    ):
        assert {word[0].upper() for word, _ in TERM.findall(block)} == {letter}


@pytest.mark.parametrize("word, says", terms(), ids=[word for word, _ in terms()])
def test_a_word_has_one_sentence_and_one_page(word, says):
    sentence, _, link = says.rpartition(" [")
    assert sentence.endswith(".") and ". " not in sentence
    assert len(sentence.split()) <= 30
    (page,) = PAGE.findall(link)
    assert f"book/{page}" in pages()
    taught = source(f"book/{page}").read_text(encoding="utf-8")
    assert spoken(word.split(" (")[0]) in spoken(taught)
