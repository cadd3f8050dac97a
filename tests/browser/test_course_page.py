"""Pages in the second form, as a reader uses them; each test with an empty memory."""

import pytest

from tests.browser.watching import eventually
from tests.course import explorers, source
from tests.page_form import Form, course_map, pages_of_form_2

PAGES = pages_of_form_2()
CORE = [name for name in PAGES if course_map.course()[name].is_core]
LONGEST_ON_A_PHONE = 16_000  # pixels


@pytest.fixture
def opened(tab, still, addresses):
    """Opens a page of the site that knows nothing: opened(name, width=..., ...)."""

    def open_page(name, width=1280, height=800, scripts=True, scheme="http"):
        page = tab(width) if scripts else still
        page.set_viewport_size({"width": width, "height": height})
        address = f"{addresses[scheme]}/{name}.html"
        if not page.url.startswith(addresses[scheme]):
            page.goto(address)
        if scripts:
            page.evaluate("localStorage.clear()")
        page.goto(address)
        return page

    return open_page


@pytest.fixture(scope="module", params=PAGES)
def name_of_page(request):
    return request.param


@pytest.fixture
def read(name_of_page, page_of):
    """(name, page) on a desk: tests leave it as they find it, or leave it."""
    return name_of_page, page_of(name_of_page, (1280, 800))


@pytest.fixture
def held(name_of_page, page_of):
    """The same on a phone."""
    return name_of_page, page_of(name_of_page, (390, 844))


# What the pages' machinery does is the same on all of them.
two_pages = pytest.mark.parametrize("name", CORE[:2])


def click(button):
    """By mouse, once formulas that come into view have stopped to move the page."""
    button.scroll_into_view_if_needed()
    before, now = None, button.bounding_box()
    while before != now:
        button.page.wait_for_timeout(150)
        before, now = now, button.bounding_box()
    button.click()


def right_and_wrong(question):
    """The options of a question: the right one, and a wrong one."""
    options = question.locator(".choices > li")
    right = question.locator(".choices > li[data-right]")
    assert right.count() == 1 and options.count() >= 2
    return right, question.locator(".choices > li:not([data-right])").first


def test_every_question_has_a_right_answer_and_wrong_ones(read):
    _, page = read
    for question in page.locator(".quiz").all():
        right, _ = right_and_wrong(question)
        folds = question.locator(".choices details > :not(summary):first-of-type")
        told = [text.strip().split(".")[0] for text in folds.all_text_contents()]
        assert sorted(told) == ["No"] * (len(told) - 1) + ["Right"]
        assert right.locator("details").text_content().count("Right.") == 1


def test_its_last_question_is_answered_by_mouse(read):
    _, page = read
    for question in page.locator(".quiz").all()[-1:]:
        right, wrong = right_and_wrong(question)
        assert not wrong.locator("details p").first.is_visible()
        click(wrong.locator("button"))
        assert "Not this one" in question.locator("[role=status]").inner_text()
        assert wrong.locator("details").inner_text().startswith("No.")
        assert not right.locator("details p").first.is_visible()
        click(right.locator("button"))
        assert question.locator("[role=status]").inner_text() == "Right."
        assert right.locator("details").inner_text().startswith("Right.")


@two_pages
def test_a_question_is_answered_by_keyboard_and_kept(opened, name):
    page = opened(name)
    question = page.locator(".quiz").first
    right, wrong = right_and_wrong(question)
    question.locator("button").first.focus()
    for _ in range(question.locator("button").count()):
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    assert question.locator("li.is-right").count() == 1
    page.reload()
    assert right.get_attribute("class") == "is-right"
    assert wrong.locator("details p").first.is_visible()


@two_pages
def test_a_prediction_is_kept_changed_and_shown_again(opened, name):
    page = opened(name)
    box = page.locator(".predict").first
    key = box.get_attribute("id")
    again = page.locator(f"[data-of={key}]")
    before = [line.is_visible() for line in again.all()]
    assert not any(before)
    if box.locator("textarea").count():
        box.locator("textarea").fill("the slow one")
        box.locator("textarea").blur()
        said = "the slow one"
    else:
        box.locator("button").first.click()
        box.locator("button").last.click()
        said = box.locator("button").last.inner_text()
    page.reload()
    if box.locator("textarea").count():
        assert box.locator("textarea").input_value() == said
    else:
        pressed = box.locator("[aria-pressed=true]")
        assert [one.inner_text() for one in pressed.all()] == [said]
    for line in again.all():
        assert line.is_visible() and line.inner_text() == f"You said: {said}"


def test_a_prediction_stands_above_the_next_caption(read):
    """In the page's order, above the finding and inside its caption."""
    name, page = read
    form = Form(name)
    tags = [cell.tags for cell in form.cells if cell.tags & {"predict", "caption"}]
    asked = sum("predict" in these for these in tags)
    after = [i for i, these in enumerate(tags) if "caption" in these]
    answered = sum("predict" in these for these in tags[: after[-1]]) if after else 0
    assert page.locator(".predict").count() == asked
    assert page.locator("figcaption > .you-said:first-child").count() >= bool(answered)
    assert page.locator("figcaption .you-said").count() == answered


@two_pages
def test_code_is_shown_on_every_page_or_none(opened, name):
    page = opened(name)
    hidden = page.locator(".tag_hidden-code > .cell_input")
    switch = page.locator(".show-code")
    assert hidden.count() and not any(one.is_visible() for one in hidden.all())
    assert page.locator("text=Show code cell").count() == 0
    switch.click()
    assert all(one.is_visible() for one in hidden.all())
    assert switch.get_attribute("aria-pressed") == "true"
    page.reload()
    assert hidden.first.is_visible()
    switch.click()
    assert not hidden.first.is_visible()


def test_every_picture_is_a_figure_with_its_finding(read):
    name, page = read
    bare = ".fb-picture:has(> svg):not(.fold *):not(figure *)"
    assert page.locator(bare).count() == 0
    captions = page.locator("figure figcaption").all_inner_texts()
    assert len(captions) == len(Form(name).tagged("caption"))
    for number, caption in enumerate(captions, start=1):
        assert f"Figure {number}." in caption and len(caption) > 30


def test_the_head_promises_and_jumps(read):
    name, page = read
    head = page.locator(".page-head")
    about = Form(name).course
    assert f"{about['minutes']} minutes" in head.inner_text()
    assert f"You will be able to {about['gives']}" in head.inner_text()
    assert head.locator(".page-gives a").count() == len(about["needs"])
    jumps = head.locator(".page-jumps a").all_inner_texts()
    assert ("Explorer" in jumps) == bool(explorers(source(name)))
    assert "Exercises" in jumps and ("Lab" in jumps) == ("lab" in about)
    for jump in head.locator(".page-jumps a[href^='#']").all():
        assert page.locator(jump.get_attribute("href")).count() == 1


def next_page(name: str) -> str:
    """The next core page; behind the last one home, with the map of all."""
    core = [page.name for page in course_map.course().values() if page.is_core]
    core.append("book/index")
    return core[core.index(course_map.course()[name].core) + 1]


@two_pages
def test_a_page_is_read_then_finished_then_forgotten(opened, name):
    page = opened(name)
    here = page.locator("nav.bd-links .current > a").last
    assert "read" not in classes(here)
    page.locator(".end-card").scroll_into_view_if_needed()
    assert eventually(lambda: "read" in classes(here))
    assert "finished" not in classes(here)
    for right in page.locator(".quiz li[data-right] button").all():
        right.click()
    assert "finished" in classes(here)
    page.goto(page.url.replace(name, "book/claims"))
    link = page.locator(f"nav.bd-links a[href$='{name.split('/')[-1]}.html']").first
    assert "finished" in classes(link)
    page.go_back()
    page.locator(".forget").click()
    page.wait_for_load_state()
    assert page.locator("nav.bd-links a.read").count() == 0 or eventually(
        lambda: page.locator("nav.bd-links a.finished").count() == 0
    )
    assert page.locator(".is-right").count() == 0


def classes(link) -> list[str]:
    return (link.get_attribute("class") or "").split()


def test_the_explorer_is_near_the_top(read):
    name, page = read
    assert name not in CORE or explorer_begins(page) <= 1200


def test_on_a_phone_too_and_one_need_not_scroll_for_ever(held):
    name, page = held
    if name in CORE:
        assert explorer_begins(page) <= 1266
        height = page.evaluate("document.documentElement.scrollHeight")
        assert height <= LONGEST_ON_A_PHONE


def explorer_begins(page) -> float:
    top = "one => one.getBoundingClientRect().top + scrollY"
    return page.locator("[data-explorer]").first.evaluate(top)


@two_pages
def test_without_scripts_answers_are_folds_and_code_is_shown(opened, name):
    page = opened(name, scripts=False)
    question = page.locator(".quiz").first
    right, _ = right_and_wrong(question)
    right.locator("summary").click()
    assert right.locator("details").inner_text().count("Right.") == 1
    assert page.locator(".tag_hidden-code > .cell_input").first.is_visible()
    assert not page.locator(".show-code").first.is_visible()


def test_the_end_leads_on(read):
    name, page = read
    column = page.locator("article.bd-article").bounding_box()
    after = page.locator(".end-card a.end-next")
    assert after.count() == 1
    assert after.evaluate("one => one.href").endswith(f"{next_page(name)}.html")
    box = after.bounding_box()
    assert column["x"] <= box["x"]
    assert box["x"] + box["width"] <= column["x"] + column["width"]


@two_pages
def test_the_end_is_clicked(opened, name):
    page = opened(name)
    page.locator(".end-card a.end-next").click()
    page.wait_for_url(f"**/{next_page(name)}.html")
