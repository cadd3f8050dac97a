"""Small changes to a source file, such as a slip of the hand would make.

Python is read by parso, JavaScript by tree-sitter, so that words, comments and types
are left alone; so are error messages and what only sets the looks of a picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import parso

SWAPS = {
    "comparison": {
        "<": ["<=", ">"],
        "<=": ["<", ">="],
        ">": [">=", "<"],
        ">=": [">", "<="],
        "==": ["!="],
        "!=": ["=="],
        "===": ["!=="],
        "!==": ["==="],
        "in": ["not in"],
        "not in": ["in"],
        "is": ["is not"],
        "is not": ["is"],
    },
    "arithmetic": {
        "+": ["-"],
        "-": ["+"],
        "*": ["/"],
        "/": ["*"],
        "//": ["/"],
        "%": ["*"],
        "**": ["*"],
        "+=": ["-="],
        "-=": ["+="],
        "*=": ["/="],
        "/=": ["*="],
    },
    "logic": {
        "and": ["or"],
        "or": ["and"],
        "&&": ["||"],
        "||": ["&&"],
        "not": [""],
        "!": [""],
        "True": ["False"],
        "False": ["True"],
        "true": ["false"],
        "false": ["true"],
    },
    "name": {
        "min": ["max"],
        "max": ["min"],
        "argmin": ["argmax"],
        "argmax": ["argmin"],
        "any": ["all"],
        "all": ["any"],
        "every": ["some"],
        "some": ["every"],
        "floor": ["ceil"],
        "ceil": ["floor"],
    },
}
# A line with one of these words sets how something looks, which no number tells, or is
# for type checkers.
PASSED_OVER = re.compile(
    r"TYPE_CHECKING|linewidth|\blw\b|alpha=|fontsize|labelsize|markersize|figsize|"
    r"figheight|shrink|font|padding|labelGap|labelSize|\bgap:|\bsize: below|zorder|"
    r"lineWidth|style:|\bwidth=[\d.]+[,)]|scrollIntoView"
)


@dataclass(frozen=True)
class Change:
    """text[start:end] becomes `new`; `kind` is the sort of slip."""

    kind: str
    start: int
    end: int
    new: str

    def applied(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]

    def lines(self, text: str) -> tuple[str, str]:
        """The line it begins in, before and after."""
        first = text.count("\n", 0, self.start)
        return tuple(t.split("\n")[first].strip() for t in (text, self.applied(text)))


def changes(text: str, language: str, *, bodies: bool = False) -> list[Change]:
    """All changes of a file in ".py" or ".js", in order.

    With `bodies` only those within functions.

    >>> text = "def f(n):\\n    return n + 1\\n"
    >>> [one.lines(text)[1] for one in changes(text, ".py")]
    ['return n - 1', 'return n + 0', 'return n + 2']
    """
    found = _python(text, bodies) if language == ".py" else _javascript(text)
    lines = text.split("\n")
    told = [
        one
        for one in set(found)
        if not PASSED_OVER.search(lines[text.count("\n", 0, one.start)])
        and one.applied(text) != text
    ]
    return sorted(told, key=lambda one: (one.start, one.end, one.new))


def _swaps(token: str, start: int, end: int, kinds: tuple[str, ...]) -> list[Change]:
    return [
        Change(kind, start, end, new)
        for kind in kinds
        for new in SWAPS[kind].get(token, [])
    ]


def _numbers(token: str, start: int, end: int) -> list[Change]:
    """One more, one less and twice a whole number; twice any other."""
    try:
        value = int(token)
    except ValueError:
        try:
            doubled = 2 * float(token)
        except ValueError:  # hexadecimal, with underscores or complex
            return []
        return [Change("number", start, end, f"{doubled:g}")]
    values = [value + 1, value - 1] + [2 * value] * (value > 1)
    return [Change("number", start, end, str(one)) for one in values]


# ---- Python --------------------------------------------------------------------------

LEFT_ALONE = {"fstring", "tfpdef", "import_name", "import_from", "decorator", "string"}
TESTS = {"if_stmt", "while_stmt"}


def _python(text, bodies):
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def place(node) -> tuple[int, int]:
        (row, column), (last, end) = node.start_pos, node.end_pos
        return starts[row - 1] + column, starts[last - 1] + end

    def walk(node, inside: bool) -> Iterator[Change]:
        if node.type in LEFT_ALONE:
            return
        if inside:
            yield from _python_changes(node, place, text)
        if node.type == "raise_stmt":
            return
        for child in _visited(node):
            yield from walk(child, inside or node.type in ("funcdef", "lambdef"))

    yield from walk(parso.parse(text), not bodies)


def _visited(node):
    """The children but for types."""
    children = getattr(node, "children", [])
    if node.type == "annassign":
        return children[2:]
    if node.type == "funcdef":
        return [children[2], children[-1]]
    if node.type == "param":
        return [child for child in children if child.type not in ("tfpdef", "name")]
    return children


def _python_changes(node, place, text):
    start, end = place(node)
    around = node.parent.type if node.parent else ""
    if node.type == "number":
        return _numbers(node.value, start, end)
    if node.type == "comp_op":
        return _swaps(" ".join(text[start:end].split()), start, end, ("comparison",))
    if node.type == "name":
        return _swaps(node.value, start, end, ("name",)) if around == "trailer" else []
    if node.type in ("operator", "keyword"):
        kinds = {
            "comparison": ("comparison",),
            "arith_expr": ("arithmetic",),
            "term": ("arithmetic",),
            "power": ("arithmetic",),
            "expr_stmt": ("arithmetic",),
        }.get(around, ("logic",))
        if node.value == "-" and around == "factor":
            return [Change("arithmetic", start, end, "")]
        return _swaps(node.value, start, end, kinds)
    if node.type in TESTS:
        return [_negated(test, place, text) for test in node.children[1::4][:1]]
    if node.type == "ternary":
        return [_negated(node.children[2], place, text)]
    if node.type == "argument" and node.children[1] == "=":
        return _dropped_argument(node, start, end, text)
    if node.type == "simple_stmt" and _has_an_effect(node.children[0]):
        first, last = place(node.children[0])
        return [Change("statement", first, last, "pass")]
    return []


def _negated(test, place, text):
    start, end = place(test)
    return Change("condition", start, end, f"not ({text[start:end]})")


def _dropped_argument(node, start, end, text):
    """A keyword argument and the comma after or before it."""
    if node.parent.type != "arglist":
        return [Change("argument", start, end, "")]
    after = re.match(r"\s*,\s*", text[end:])
    if after:
        return [Change("argument", start, end + len(after[0]), "")]
    before = re.search(r",\s*$", text[:start])
    return [Change("argument", start - len(before[0]), end, "")]


def _has_an_effect(node):
    """Whether a statement may be missing without a name's being missing."""
    if node.type == "raise_stmt":
        return True
    if node.type == "expr_stmt":
        target, sign = node.children[:2]
        into = target.type == "atom_expr"
        return into or (sign.type == "operator" and sign.value != "=")
    return node.type == "atom_expr"  # a call for its effect


# ---- JavaScript ----------------------------------------------------------------------

IN_SCRIPTS = {
    "binary_expression": ("comparison", "arithmetic", "logic"),
    "augmented_assignment_expression": ("arithmetic",),
    "unary_expression": ("logic",),
}


def _javascript(text):
    import tree_sitter_javascript
    from tree_sitter import Language, Parser

    data = text.encode()
    tree = Parser(Language(tree_sitter_javascript.language())).parse(data)

    def place(node) -> tuple[int, int]:
        return tuple(len(data[:b].decode()) for b in (node.start_byte, node.end_byte))

    def walk(node) -> Iterator[Change]:
        yield from _javascript_changes(node, place, text)
        for child in node.children:
            yield from walk(child)

    yield from walk(tree.root_node)


def _javascript_changes(node, place, text):
    start, end = place(node)
    word = text[start:end]
    around = node.parent.type if node.parent else ""
    if node.type == "number":
        return _numbers(word, start, end)
    if node.type in ("true", "false"):
        return _swaps(word, start, end, ("logic",))
    if node.type == "property_identifier" and around == "member_expression":
        return _swaps(word, start, end, ("name",))
    if not node.is_named:
        if word == "-" and around == "unary_expression":
            return [Change("arithmetic", start, end, "")]
        return _swaps(word, start, end, IN_SCRIPTS.get(around, ()))
    if node.type in ("if_statement", "ternary_expression"):
        first, last = place(node.child_by_field_name("condition"))
        return [Change("condition", first, last, f"(!({text[first:last]}))")]
    if node.type == "expression_statement":
        dropped = node.children[0].type in (
            "call_expression",
            "augmented_assignment_expression",
        )
        return [Change("statement", start, end, ";")] if dropped else []
    return []
