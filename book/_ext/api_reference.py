"""Docstrings as reST.

Ours are plain text with formulas, which autodoc would take for markup.
"""

import importlib
import inspect
import re
from pathlib import Path

from sphinx.application import Sphinx

# Sections of entries "name : text".
ENTRIES = ("Parameters", "Returns", "Attributes")


def setup(app: Sphinx) -> dict:
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    # The text says what a thing is and its shape; a bare "ndarray"
    # beside it says nothing.
    app.config.autodoc_typehints = "none"
    app.config.napoleon_attr_annotations = False
    app.config.napoleon_use_ivar = True
    # What comes back has a name, as what goes in.
    app.config.napoleon_custom_sections = [("Returns", "params_style")]
    app.config.add_module_names = False
    # Before napoleon, which reads the sections.
    app.connect("autodoc-process-docstring", on_docstring, priority=400)
    app.connect("autodoc-skip-member", skips)
    # After addresses.py has read where the sources lie.
    app.connect("config-inited", link_sources)
    return {"parallel_read_safe": True}


def link_sources(app: Sphinx, config) -> None:
    """Each function leads to its lines, if the repository is known."""
    repository = config.course_repository
    if not repository:
        return

    def resolve(domain: str, info: dict) -> str | None:
        lines = source_lines(info["module"], info["fullname"])
        return lines and f"{repository}/blob/main/{lines}"

    app.setup_extension("sphinx.ext.linkcode")
    config.linkcode_resolve = resolve


def source_lines(module: str, name: str) -> str | None:
    """The file and lines of an object, as addresses name them.

    >>> source_lines("fbkit.basis", "circle").split("#")[0]
    'fbkit/basis/fourier.py'
    >>> source_lines("fbkit.history", "History.t")
    """
    found = importlib.import_module(module)
    try:
        for part in name.split("."):
            found = getattr(found, part)
        found = inspect.unwrap(getattr(found, "fget", found))
        path = Path(inspect.getfile(found))
        lines, first = inspect.getsourcelines(found)
    except (AttributeError, TypeError, OSError):
        return None
    if "fbkit" not in path.parts:
        return None
    within = path.parts[path.parts.index("fbkit") :]
    last = first + len(lines) - 1
    return f"{'/'.join(within)}#L{first}-L{last}"


def on_docstring(app, what, name, obj, options, lines) -> None:
    rewrite(lines)


def skips(app, what, name, obj, skip, options) -> bool | None:
    """Leave out a named tuple's fields, which its own text explains."""
    return True if "_tuplegetter" in type(obj).__name__ else None


def rewrite(lines: list[str]) -> None:
    r"""Change the lines of a docstring in place.

    Formulas become literal blocks, `code` is code, text is escaped.

    >>> lines = ["The rate is::", "", "    |e_k| = 2*x", ""]
    >>> lines += ["for `x_`.", "", "Parameters", "---", "x_0 : one."]
    >>> rewrite(lines)
    >>> print("\n".join(lines))
    The rate is:
    <BLANKLINE>
    .. code-block:: text
    <BLANKLINE>
        |e_k| = 2*x
    <BLANKLINE>
    for ``x_``.
    <BLANKLINE>
    Parameters
    ---
    x_0
        one.
    """
    rewriter = Rewriter()
    for line, below in zip(lines, [*lines[1:], ""]):
        rewriter.read(line, below)
    lines[:] = rewriter.out


class Rewriter:
    """Reads a docstring line by line, and knows where it is."""

    def __init__(self):
        self.out: list[str] = []
        self.section = ""
        self.in_example = False
        self.in_formula = False

    def read(self, line: str, below: str) -> None:
        """Add a line; `below` is the next one."""
        blank = not line.strip()
        if is_rule(below):
            self.section = line.strip()
        elif not blank and self.leaves_section(line):
            self.end_section(line)
        elif not blank and self.is_returned_prose(line):
            self.open_prose()
        prompt = line.lstrip().startswith((">>>", "..."))
        self.in_example = prompt or (self.in_example and not blank)
        if not blank:
            elsewhere = self.section or self.in_example
            self.in_formula = is_indented(line) and not elsewhere
        title = is_rule(line) or line.strip() in ENTRIES
        if blank or title or self.in_example:
            self.out.append(line)
        elif self.in_formula:
            self.add_formula(line)
        elif self.is_entry(line):
            names, text = line.split(" : ", 1)
            self.out += [names, "    " + escape(text)]
        else:
            self.out.append(re.sub("::$", ":", escape(line)))

    def leaves_section(self, line: str) -> bool:
        """Whether a line is prose or an example after a section."""
        after_blank = bool(self.out) and not self.out[-1].strip()
        within = is_indented(line) or is_named(line)
        return bool(self.section) and after_blank and not within

    def end_section(self, line: str) -> None:
        """End it by a title, the only end that napoleon sees."""
        title = "Examples" if line.startswith(">>>") else "Notes"
        self.section = ""
        self.out += [title, "-" * len(title), ""]

    def is_returned_prose(self, line: str) -> bool:
        """Whether Returns begins with a sentence, not an entry."""
        begins = bool(self.out) and is_rule(self.out[-1])
        return (
            self.section == "Returns" and begins and not is_named(line)
        )

    def open_prose(self) -> None:
        """A title that leaves the text below it alone."""
        self.section = ""
        # Two empty lines end the section before it.
        self.out[-2:] = ["", ".. rubric:: Returns", ""]

    def is_entry(self, line: str) -> bool:
        listing = self.section in ENTRIES
        return listing and not is_indented(line) and is_named(line)

    def add_formula(self, line: str) -> None:
        """Add a line of a formula; the first one opens a block."""
        first = bool(self.out) and not self.out[-1].strip()
        goes_on = any(is_indented(one) for one in self.out[-2:-1])
        if first and not goes_on:
            self.out += [".. code-block:: text", ""]
        self.out.append(line)


def is_rule(line: str) -> bool:
    return bool(re.fullmatch("-{3,}", line))


def is_indented(line: str) -> bool:
    return line.startswith("    ")


def is_named(line: str) -> bool:
    """Whether a line starts an entry: "name : " or "one, two : "."""
    return bool(re.match(r"[\w*]+(, [\w*]+)* : ", line))


def escape(text: str) -> str:
    r"""Text outside backticks has no markup, text inside is code.

    >>> escape("|a_1| of `b_1`")
    '\\|a\\_1\\| of ``b_1``'
    """
    plain = True
    out = []
    for part in text.split("`"):
        if plain:
            out.append(re.sub(r"([\\*_|])", r"\\\1", part))
        else:
            out.append(f"``{part}``")
        plain = not plain
    return "".join(out)
