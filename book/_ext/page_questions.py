"""Predictions and questions: buttons that page.js brings to life.

Without scripts, choices read as text and answers stand in folds.
"""

from docutils import nodes
from page_nodes import tag
from plain_text import pieces
from sphinx.util.docutils import SphinxDirective

LISTS = (nodes.bullet_list, nodes.enumerated_list)
RIGHT, WRONG = "Right.", "No."


class Parsed(SphinxDirective):
    """A directive whose content is parsed as the page is."""

    has_content = True

    def content_nodes(self) -> list[nodes.Node]:
        box = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, box)
        return list(box.children)

    def fault(self, sentence: str) -> list[nodes.Node]:
        return [self.state_machine.reporter.error(sentence)]


class Caption(Parsed):
    """The finding, under the picture of the cell before."""

    def run(self) -> list[nodes.Node]:
        return [tag("figcaption", *self.content_nodes())]


class Predict(Parsed):
    """A question, with choices or else a box to type in."""

    def run(self) -> list[nodes.Node]:
        content = self.content_nodes()
        listed = content and isinstance(content[-1], LISTS)
        choices = inline_items(content.pop()) if listed else []
        number = self.env.new_serialno("prediction") + 1
        return [prediction(f"prediction-{number}", content, choices)]


class Quiz(Parsed):
    """A question, options, and a fold that explains each of them."""

    def run(self) -> list[nodes.Node]:
        content = self.content_nodes()
        lists = [one for one in content if isinstance(one, LISTS)]
        if len(lists) != 2:
            return self.fault(
                "a quiz needs a numbered list of options, and a fold"
                " with a numbered list of as many explanations"
            )
        options, reasons = (inline_items(one) for one in lists)
        verdicts = [reason_of(one) for one in lists[1]]
        if len(options) != len(reasons) or not 2 <= len(options) <= 4:
            return self.fault(
                "a quiz needs 2 to 4 options and an explanation of each"
            )
        if sorted(verdicts) != sorted(
            [RIGHT] + [WRONG] * (len(options) - 1)
        ):
            return self.fault(
                "one explanation of a quiz begins with **Right.**, the"
                f" others with **No.**; these begin with {verdicts}"
            )
        question = content[: content.index(lists[0])]
        number = self.env.new_serialno("question") + 1
        answers = list(zip(options, lists[1], verdicts))
        return [quiz(f"question-{number}", question, answers)]


def inline_items(listed: nodes.Element) -> list[list[nodes.Node]]:
    """The contents of a list's items, free of their paragraphs."""
    found = []
    for item in listed:
        first = item.children[0]
        plain = isinstance(first, nodes.paragraph)
        found.append(first.children if plain else item.children)
    return found


def reason_of(item: nodes.Element) -> str:
    """The bold word with which an explanation begins."""
    first = next(iter(item.findall(nodes.strong)), None)
    return first.astext() if first is not None else ""


def prediction(
    key: str, question: list, choices: list[list[nodes.Node]]
) -> nodes.Element:
    """The box in which a reader commits; `key` names the answer."""
    label = tag("p", "Before you look", cls="box-label")
    note = tag("p", cls="box-note", role="status")
    if choices:
        items = [
            tag("li", button(choice, aria_pressed="false"))
            for choice in choices
        ]
        answer = tag("ul", *items, cls="choices")
    else:
        answer = tag(
            "textarea",
            rows="2",
            aria_label="Your prediction",
            placeholder="Your prediction, in a few words",
        )
    return group("predict", key, label, *question, answer, note)


def said(box: nodes.Element) -> nodes.Element:
    """What was predicted, shown again; hidden until there is one.

    Every choice stands in it, so that its mathematics is set.
    """
    choices = [
        tag("span", *copies(one), hidden=True)
        for one in box.findall(lambda node: is_button(node))
    ]
    typed = [] if choices else [tag("span")]
    return tag(
        "p",
        tag("b", "You said: "),
        *choices,
        *typed,
        cls="you-said",
        data_of=box["html"]["id"],
        hidden=True,
    )


def quiz(key: str, question: list, answers: list) -> nodes.Element:
    """Options to click, each with its explanation folded below."""
    items = []
    for option, reason, verdict in answers:
        summary = tag("summary", "Is it this one?")
        fold = tag("details", summary, *reason.children, cls="why")
        right = verdict == RIGHT
        items.append(tag("li", button(option), fold, data_right=right))
    label = tag("p", key.replace("-", " ").title(), cls="box-label")
    options = tag("ul", *items, cls="choices")
    note = tag("p", cls="box-note", role="status")
    return group("quiz", key, label, *question, options, note)


def group(cls: str, key: str, label, *content) -> nodes.Element:
    """A box that its label names."""
    name = f"{key}-label"
    label["html"]["id"] = name
    return tag(
        "div",
        label,
        *content,
        cls=cls,
        id=key,
        role="group",
        aria_labelledby=name,
    )


def button(content: list[nodes.Node], **attributes) -> nodes.Element:
    """A choice; its name is said in words where it holds a formula."""
    if any(list(one.findall(nodes.math)) for one in content):
        words = [piece for one in content for piece in pieces(one)]
        attributes["aria_label"] = "".join(words).strip()
    return tag("button", *content, type="button", **attributes)


def is_button(node: nodes.Node) -> bool:
    return node.get("name") == "button" if has_name(node) else False


def has_name(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Element) and "html" in node


def copies(node: nodes.Element) -> list[nodes.Node]:
    return [child.deepcopy() for child in node.children]
