"""What can be counted of a page in the course's second form.

`python -m tests.page_form book/circle_eigenfunctions` prints it, faults first.
"""

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tests.course import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))

import course_map  # noqa: E402

EXECUTED = ROOT / "_build" / "jupyter_execute"
LAST_SECTIONS = [
    "Where it fails",
    "Keep",
    "Check yourself",
    "Exercises",
    "Measured on this page",
    "Further",
]
HIDDEN = {"hide-input", "remove-input", "remove-cell", "hide-cell"}
FOLD = re.compile(r"<details.*?</details>", re.S)
SOLUTION = re.compile(r'<details class="solution">.*?</details>', re.S)
DISPLAY = re.compile(r"\$\$.*?\$\$", re.S)
INLINE = re.compile(r"\$[^$\n]+\$")
FENCE = re.compile(r"(?ms)^(`{3,}|:{3,}).*?^\1`*$")
CODE = re.compile(r"`[^`\n]+`")
CITE = re.compile(r"\{cite:\w+\}`[^`]+`")
LINK = re.compile(r"\[([^\]\[]*)\]\(([^)\s]*)\)")
WORD = re.compile(r"\S*[^\W_]\S*")
EXERCISE = re.compile(r"\*\*\d+\. [^*]+\*\* (★{1,3}) (\d+) minutes")
# A number: its digits, and what makes it more than a count.
NUMBER = re.compile(r"(?<![\w.,/-])(\d[\d,]*(?:\.\d+)?)(\s*(?:%|dB\b|times\b))?")
IN_MATH = re.compile(r"\d[\d,]*(?:\.\d+)?")
BARE = re.compile(r"\$\s*\\?[\d.,]+\s*(?:\\[,;]|\\%|%|\s)*\$")
# Left of a wave where it counts as learned, as everywhere in the course.
LEARNED = {0.2, 0.8}
SMALL = 12  # counts up to a dozen need no source


@dataclass(frozen=True)
class Cell:
    kind: str
    source: str
    tags: frozenset[str]
    section: str

    @property
    def hidden(self) -> bool:
        return bool(self.tags & HIDDEN)

    @property
    def draws(self) -> bool:
        """Whether a cell of the text draws a picture."""
        drawing = re.search(r"\bfb\.plot\.\w+\(", self.source)
        return self.kind == "code" and "solution" not in self.tags and bool(drawing)


class Form:
    """A page's notebook, read for its form."""

    def __init__(self, name: str, path: Path | None = None):
        self.name = name
        self.path = path or (ROOT / name).with_suffix(".ipynb")
        self.notebook = json.loads(self.path.read_text(encoding="utf-8"))
        self.course = self.notebook["metadata"].get("course", {})
        self.further = bool(self.course.get("optional"))

    @cached_property
    def cells(self) -> list[Cell]:
        found, section = [], ""
        for cell in self.notebook["cells"]:
            source = "".join(cell["source"])
            tags = frozenset(cell["metadata"].get("tags", []))
            if cell["cell_type"] == "code":
                found.append(Cell("code", source, tags, section))
                continue
            for part in re.split(r"(?m)^(?=## )", source):
                if part.startswith("## "):
                    section = part.partition("\n")[0].removeprefix("## ").strip()
                if part.strip():
                    found.append(Cell("markdown", part, tags, section))
        return found

    def texts(self, *left_out: str) -> Iterator[str]:
        """The Markdown, but for some sections."""
        for cell in self.cells:
            if cell.kind == "markdown" and cell.section not in left_out:
                yield cell.source

    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def sections(self) -> list[str]:
        return list(dict.fromkeys(cell.section for cell in self.cells if cell.section))

    def tagged(self, tag: str) -> list[Cell]:
        return [cell for cell in self.cells if tag in cell.tags]

    # ---- words ----

    @property
    def open_words(self) -> int:
        """Words of what stands open, exercises and what follows them left out."""
        after = LAST_SECTIONS[3:]
        return sum(words(FOLD.sub("", text)) for text in self.texts(*after))

    @property
    def folded_words(self) -> int:
        """Words with all folds, solutions left out."""
        return sum(words(SOLUTION.sub("", text)) for text in self.texts())

    def long_brackets(self, most: int = 25) -> list[str]:
        found = []
        for text in self.texts():
            brackets = re.findall(r"\([^()]*\)", plain(text))
            found += [one for one in brackets if words(one) > most]
        return found

    # ---- pictures and claims ----

    @property
    def pictures(self) -> list[Cell]:
        return [cell for cell in self.code() if cell.draws]

    def pictures_without_caption(self) -> list[str]:
        after = [*self.cells[1:], None]
        return [
            cell.source
            for cell, below in zip(self.cells, after)
            if cell.draws and not (below and "caption" in below.tags)
        ]

    @property
    def shown_claims(self) -> list[str]:
        return self.named("claim")

    @property
    def all_claims(self) -> list[str]:
        linked = [
            address.removeprefix("#claim:").partition("/")[0]
            for text in self.texts()
            for _, address in LINK.findall(text)
            if address.startswith("#claim:")
        ]
        named = [*self.shown_claims, *self.named("measured"), *linked]
        return list(dict.fromkeys(named))

    def named(self, function: str) -> list[str]:
        """The texts that fb.FUNCTION is called with."""
        found = []
        for cell in self.code():
            if f"fb.{function}(" in cell.source:
                for node in ast.walk(ast.parse(cell.source)):
                    if is_call(node, f"fb.{function}"):
                        found += [one.value for one in node.args]
        return found

    # ---- what stands above a picture ----

    def told_above(self) -> list[str]:
        """Visible cells that say what the caption below finds.

        Their alt= shares a number with the caption that a claim wrote, or most of the
        caption's words.
        """
        told = []
        for cell, below in zip(self.cells, self.cells[1:]):
            if cell.draws and not cell.hidden and "caption" in below.tags:
                measured = {
                    text
                    for text, address in LINK.findall(below.source)
                    if address.startswith("#claim:")
                }
                alt = " ".join(alternatives(cell.source))
                shares = measured & set(IN_MATH.findall(cell.source))
                if shares or overlap(alt, plain(below.source)) > 0.6:
                    told.append(cell.source)
        return told

    # ---- symbols ----

    @cached_property
    def symbols(self) -> list[str]:
        """Letters of the page's mathematics, solutions left out, in order."""
        found = {}
        for text in self.texts():
            for formula in formulas(SOLUTION.sub("", text)):
                found |= dict.fromkeys(symbols(formula))
        return list(found)

    # ---- numbers ----

    def numbers_without_source(self) -> list[str]:
        """Numbers in the text that nothing on the page answers for.

        A number passes that a claim's row writes; that stands in the page's code or
        mathematics (a setting, arithmetic that is shown), in the code of one of its
        claims, in a link that sets an explorer, or in what a cell prints; in a sentence
        with a citation; or that is a count up to a dozen. Left out are what a question
        sets or offers (predictions, options, exercises with their solutions), and the
        header line.
        """
        known = self.known_numbers
        found = []
        for text in self.statements():
            for sentence in sentences(text):
                if "CITE" in sentence:
                    continue
                for digits, more in NUMBER.findall(sentence):
                    if not passes(digits, more, known):
                        found.append(f"{digits}{more} in: {sentence.strip()[:90]}")
        return found

    def statements(self) -> Iterator[str]:
        """The Markdown that states something, so no questions."""
        for cell in self.cells:
            if cell.kind != "markdown" or cell.section == "Exercises":
                continue
            if "quiz" in cell.tags:
                yield "\n".join(FOLD.findall(cell.source))
            elif "predict" not in cell.tags:
                yield re.sub(r"\A# .*\n+\*.*\*\n", "", cell.source)

    @cached_property
    def known_numbers(self) -> set[float]:
        sources = [cell.source for cell in self.code()]
        sources += [claim_source(id) for id in self.all_claims]
        sources += self.printed()
        for text in self.texts():
            sources += [one for one in formulas(text) if not BARE.fullmatch(one)]
            sources += CODE.findall(text)
            sources += [to for _, to in LINK.findall(text) if "=" in to]
        found = set(LEARNED)
        for source in sources:
            found |= {value(one) for one in IN_MATH.findall(source)}
        return found

    def printed(self) -> list[str]:
        """What the cells printed when the site was built, if it was."""
        path = EXECUTED / f"{self.name}.ipynb"
        if not path.is_file():
            return []
        found = []
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if "text/html" not in data:
                    found += [
                        joined(output.get("text")),
                        joined(data.get("text/plain")),
                    ]
        return [text for text in found if text and "Picture(" not in text]


def joined(text: str | list[str] | None) -> str:
    return "".join(text or "")


def is_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name


def formulas(text: str) -> list[str]:
    rest = DISPLAY.sub(" ", text)
    return [*DISPLAY.findall(text), *INLINE.findall(rest)]


def plain(text: str) -> str:
    """Text without mathematics, code, folds' tags, and addresses.

    >>> plain("The [rate](x.ipynb) $x$ is [350](#claim:a/b), {cite:t}`c`.").split()
    ['The', 'rate', 'is', 'WRITTEN', ',', 'CITE', '.']
    """
    text = DISPLAY.sub(" ", FENCE.sub(" ", text))
    # A bare number in mathematics is a number of the text.
    text = INLINE.sub(lambda one: bare(one[0]), text)
    text = CITE.sub(" CITE ", text)
    text = CODE.sub(" ", text)
    text = LINK.sub(lambda one: linked(*one.groups()), text)
    return re.sub(r"<[^>]+>", " ", text)


def bare(formula: str) -> str:
    if BARE.fullmatch(formula):
        return re.sub(r"[$\\]|\\[,;]", "", formula).replace(",%", " %")
    return " "


def linked(text: str, address: str) -> str:
    return " WRITTEN " if address.startswith("#claim:") else text


def words(text: str) -> int:
    """Words of the prose; a formula in a line counts as one.

    >>> words("Two waves, $x$ and `y` — [one](a.md).")
    6
    """
    text = DISPLAY.sub(" ", FENCE.sub(" ", text))
    text = LINK.sub(r"\1", INLINE.sub("formula", text))
    text = re.sub(r"(?m)^\s*(?:#+|[-*]|\d+\.) |<[^>]+>", " ", text)
    return len(WORD.findall(text))


def sentences(text: str) -> list[str]:
    """Sentences, also those of a list; its numbers left out."""
    found = []
    text = re.sub(r"(?m)^\s*(?:\*\*)?\d+\. ", "\n\n", plain(text))
    for block in re.split(r"\n\s*\n|\n(?=\s*[-*#|])", text):
        found += re.split(r"(?<=[.?!:;])\s+(?=[A-Z*(])", block)
    return found


def value(digits: str) -> float:
    return float(digits.replace(",", "").rstrip(".") or 0)


def passes(digits: str, more: str, known: set[float]) -> bool:
    number = value(digits)
    if not more and number <= SMALL and number == int(number):
        return True
    share = number / 100 if "%" in more else number
    return any(abs(one - share) <= 1e-9 or abs(one - number) <= 1e-9 for one in known)


def alternatives(source: str) -> list[str]:
    """The alternative texts that a cell passes."""
    return [
        node.value.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.keyword)
        and node.arg == "alt"
        and isinstance(node.value, ast.Constant)
    ]


def overlap(alt: str, caption: str) -> float:
    """Share of the alternative text's longer words that stand in the caption."""
    mine = {one.lower() for one in re.findall(r"[^\W\d_]{4,}", alt)}
    theirs = {one.lower() for one in re.findall(r"[^\W\d_]{4,}", caption)}
    return len(mine & theirs) / len(mine) if len(mine) > 3 else 0.0


@cache
def claim_source(id: str) -> str:
    from fbkit.ledger import registry

    claim = registry().get(id)
    return inspect.getsource(inspect.getmodule(claim.function)) if claim else ""


# ---- letters ----

NAMES = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa"
    " lambda mu nu xi rho varrho sigma tau upsilon phi varphi chi psi omega Gamma"
    " Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega ell"
)
GREEK = set(NAMES.split())
ACCENTS = {"hat", "tilde", "dot", "ddot", "bar", "vec", "mathbb", "mathcal"}
ACCENTS |= {"widehat", "widetilde"}
WORDS = re.compile(
    r"\\(?:text|mathrm|operatorname|mathsf|textbf|begin|end|mathbf)\*?\s*\{[^{}]*\}"
)
TOKEN = re.compile(r"\\[a-zA-Z]+|[a-zA-Z]|[{}^_]|\S")


def symbols(formula: str) -> list[str]:
    r"""Letters with their accents, indices and differentials left out.

    >>> symbols(r"\hat r_{kl}(t) = \hat r_k(0)\,e^{-\lambda_k t}")
    ['\\hat r', 't', '\\lambda']
    >>> symbols(r"\frac{d\theta}{dt} \sin kx \text{ for all } d")
    ['\\theta', 't', 'k', 'x', 'd']
    """
    tokens = TOKEN.findall(WORDS.sub(" ", formula))
    found, place = {}, 0
    while place < len(tokens):
        token = tokens[place]
        if token == "_":
            place = after_group(tokens, place + 1)
            continue
        if token.lstrip("\\") in ACCENTS and token[0] == "\\":
            place += 2 if tokens[place + 1] == "{" else 1
            found[f"{token} {tokens[place]}"] = True
        elif is_letter(tokens, place):
            found[token] = True
        place += 1
    return list(found)


def after_group(tokens: list[str], place: int) -> int:
    """The place behind a token or a group in braces."""
    depth = 0
    for i in range(place, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[i], 0)
        if depth == 0 and tokens[i] not in ACCENTS:
            return i + 1
    return len(tokens)


def is_letter(tokens: list[str], place: int) -> bool:
    """Whether a token is a letter with a meaning: no e, no d of a differential."""
    token = tokens[place]
    if token[0] == "\\":
        return token[1:] in GREEK
    if len(token) != 1 or not token.isalpha():
        return False
    below = tokens[place + 1] if place + 1 < len(tokens) else ""
    if token == "e":
        return below != "^"
    if token == "d":
        letter = below[:1].isalpha() or below[1:] in GREEK | ACCENTS
        return not (letter or (below == "}" and tokens[place - 1] == "{"))
    return True


def notation() -> dict[str, str]:
    """The table of letters of book/notation.md: {letter: meaning}."""
    text = (ROOT / "book" / "notation.md").read_text(encoding="utf-8")
    table = text.partition("## One letter, one meaning")[2].partition("\n## ")[0]
    found = {}
    for line in table.splitlines():
        row = re.match(r"\| \$([^$]+)\$ \| (.+?) \|", line)
        if row:
            letters = symbols(row[1])
            assert len(letters) == 1, f"not one letter: {row[1]}"
            assert letters[0] not in found, f"two meanings: {row[1]}"
            found[letters[0]] = row[2]
    return found


def pages_of_form_2() -> list[str]:
    return [page.name for page in course_map.course().values() if page.form == 2]


def core_pages_to_do() -> list[str]:
    """Core pages that are not yet in the second form."""
    return [
        page.name
        for page in course_map.course().values()
        if page.is_core and page.form < 2
    ]


def new_symbols(name: str) -> list[str]:
    """Letters that no page before this one uses, in reading order."""
    before = set()
    for page in course_map.course().values():
        if page.name == name:
            break
        if page.is_core:
            before |= set(Form(page.name).symbols)
    return [one for one in Form(name).symbols if one not in before]


def main(name: str) -> None:
    form = Form(name)
    if form.course:
        print(course_map.header_line(name, form.course))
    print("open words", form.open_words, "folded", form.folded_words)
    print("pictures", len(form.pictures), "claims", form.shown_claims, form.all_claims)
    print("sections", form.sections)
    print("new symbols", new_symbols(name))
    print("not in notation", [s for s in form.symbols if s not in notation()])
    print("without caption", form.pictures_without_caption())
    print("told above", form.told_above())
    print("long brackets", form.long_brackets())
    print("numbers", *form.numbers_without_source(), sep="\n  ")


if __name__ == "__main__":
    main(sys.argv[1])
