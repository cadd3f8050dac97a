"""What stands around a page's text: its head and its end card."""

from collections.abc import Callable

from course_map import Page, beside, course, title
from docutils import nodes
from page_nodes import is_tag, link, tag
from pictures import THUMBNAIL, thumbnail

# (page, or file of the site) -> its address as seen from this page,
# or None where it is not built.
Address = Callable[[str], str | None]


def set_frame(
    document: nodes.document, name: str, address: Address
) -> None:
    """Fill the place of the head, and add the end card."""
    page = course().get(name)
    place_explorer(document)
    for head in list(document.findall(is_head)):
        head += head_lines(document, page, address)
        if page:
            head["html"]["class"] += f" part-{page.part}"
        if not head.children:
            head.parent.remove(head)
    if page:
        section = next(document.findall(nodes.section))
        section += end_card(page, address)


def is_head(node: nodes.Node) -> bool:
    return is_tag(node, "div", "page-head")


def place_explorer(document: nodes.document) -> None:
    """Give the first explorer's cell a name to jump to."""
    for cell in document.findall(nodes.container):
        if "tag_explorer" in cell["classes"]:
            cell["ids"].append("explorer")
            return


def head_lines(
    document: nodes.document, page: Page | None, address: Address
) -> list[nodes.Node]:
    jumps = [*jumps_of(document)]
    lines = []
    if page:
        lines.append(place_of(page, address))
        lines += promise_of(page, address)
        jumps += lab_of(page, address)
    hidden = any(
        "tag_hidden-code" in cell["classes"]
        for cell in document.findall(nodes.container)
    )
    switch = [code_switch()] if hidden else []
    if page and (jumps or switch):
        lines.append(tag("p", *jumps, *switch, cls="page-jumps"))
    elif switch:
        lines.append(tag("p", *switch, cls="page-jumps"))
    return lines


def place_of(page: Page, address: Address) -> nodes.Element:
    """Part, page, minutes, and what to read before."""
    pages = max(one.number for one in course().values())
    where = f"Page {page.number} of {pages}"
    if not page.is_core:
        core = course()[page.core]
        where = linked("Further to: " + core.title, page.core, address)
    part = f"{page.part_number}. {page.part_title}"
    items = [tag("span", part, cls="page-part"), tag("span", where)]
    if page.course:
        minutes = f"{page.course['minutes']} minutes"
        optional = ", optional" if page.course.get("optional") else ""
        items.append(tag("span", minutes + optional))
    return tag("p", *items, cls="page-place")


def promise_of(page: Page, address: Address) -> list[nodes.Node]:
    """What to read before, and what the reader will be able to do."""
    if not page.course:
        return []
    before = []
    for need in page.course["needs"]:
        full = beside(page.name, need)
        before += [" and "] if before else []
        before.append(linked(title(full), full, address))
    gives = page.course["gives"].rstrip(".")
    words = [tag("b", "You will be able to "), f"{gives}. "]
    if before:
        words += [tag("b", "Before: "), *before]
    return [tag("p", *words, cls="page-gives")]


def linked(text: str, name: str, address: Address) -> nodes.Node:
    """A link to a page, or its text where it is not built."""
    goal, text = address(name), typeset(text)
    return link(text, goal) if goal else tag("span", text)


def typeset(text: str) -> str:
    """Apostrophes as the theme sets them in the sidebar."""
    return text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")


def jumps_of(document: nodes.document) -> list[nodes.Node]:
    """Links to the explorer and to the exercises of this page."""
    found = []
    if any("explorer" in one["ids"] for one in cells(document)):
        found.append(link("Explorer", "#explorer"))
    for section in document.findall(nodes.section):
        if section.children[0].astext() == "Exercises":
            found.append(link("Exercises", f"#{section['ids'][0]}"))
    return found


def cells(document: nodes.document) -> list[nodes.container]:
    return list(document.findall(nodes.container))


def lab_page(page: Page) -> str | None:
    lab = page.course.get("lab")
    return f"book/labs/{lab}/{lab}" if lab else None


def lab_title(name: str) -> str:
    """A lab's title, read from its source."""
    return title(name.replace("book/labs/", "labs/"))


def lab_of(page: Page, address: Address) -> list[nodes.Node]:
    name = lab_page(page)
    return [linked("Lab", name, address)] if name else []


def code_switch() -> nodes.Element:
    return tag(
        "button",
        "Show code",
        type="button",
        cls="show-code",
        aria_pressed="false",
    )


def neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """The core pages before and after."""
    core = [one for one in course().values() if one.is_core]
    place = [one.name for one in core].index(page.core)
    before = core[place - 1] if place else None
    after = core[place + 1] if place + 1 < len(core) else None
    return (before if page.is_core else course()[page.core]), after


def end_card(page: Page, address: Address) -> nodes.Element:
    """Lab, next question, and what the browser keeps."""
    lab = lab_page(page)
    before, after = neighbours(page)
    rows = []
    if lab:
        text = lab_title(lab).removeprefix("Lab: ")
        words = [tag("b", "Lab "), linked(text, lab, address)]
        rows.append(tag("p", *words, cls="end-lab"))
    rows.append(
        next_card(after, address) if after else map_card(address)
    )
    if before:
        goal = linked(before.title, before.name, address)
        rows.append(tag("p", "Before this: ", goal, cls="end-before"))
    forget = tag("button", "Forget them", type="button", cls="forget")
    kept = (
        "Predictions, answers and the ticks of pages you have read are"
        " kept in this browser only. "
    )
    rows.append(tag("p", kept, forget, cls="end-kept"))
    return tag(
        "section",
        *rows,
        cls=f"end-card part-{page.part}",
        aria_label="End of the page",
    )


def map_card(address: Address) -> nodes.Element:
    """Behind the last question: the home page, which shows them all."""
    words = [
        tag("span", "The last question", cls="end-word"),
        tag("span", "All questions", cls="end-title"),
    ]
    card = tag("span", *words, cls="end-words")
    goal = address("book/index")
    if not goal:
        return tag("span", card, cls="end-next")
    return tag("a", card, href=goal, cls="end-next")


def next_card(page: Page, address: Address) -> nodes.Element:
    """The next page as a card, with its picture where there is one."""
    minutes = page.course.get("minutes")
    words = [
        tag("span", "Next question", cls="end-word"),
        tag("span", typeset(page.title), cls="end-title"),
    ]
    if minutes:
        words.append(tag("span", f"{minutes} minutes", cls="end-word"))
    goal = address(page.name)
    card = tag("span", *words, cls="end-words")
    classes = f"end-next part-{page.part}"
    if not goal:
        return tag("span", card, cls=classes)
    width, height = THUMBNAIL
    shown = tag(
        "img",
        src=address(thumbnail(page.name)),
        alt="",
        width=width // 2,
        height=height // 2,
        loading="lazy",
    )
    return tag(
        "a", shown, card, href=goal, cls=classes, data_page=page.name
    )
