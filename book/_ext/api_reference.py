"""Docstrings as reST: ours are plain text with formulas, which autodoc
would take for markup.
"""

import re

SECTIONS = ("Parameters", "Returns", "Attributes")


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    # The text says what a thing is and its shape; a bare "ndarray"
    # beside it says nothing.
    app.config.autodoc_typehints = "none"
    app.config.napoleon_attr_annotations = False
    app.config.napoleon_use_ivar = True
    app.config.add_module_names = False
    # Before napoleon, which reads the sections.
    app.connect(
        "autodoc-process-docstring",
        lambda app, what, name, obj, options, lines: rewrite(lines),
        priority=400,
    )
    return {"parallel_read_safe": True}


def rewrite(lines):
    """Change the lines of a docstring in place: formulas become literal
    blocks, `code` is code, text is escaped.

    >>> lines = ["The rate is::", "", "    |e_k| = 2*x", "", "for `x_`.", "", "Parameters", "----------", "x_0 : one."]
    >>> rewrite(lines)
    >>> print("\\n".join(lines))
    The rate is:
    <BLANKLINE>
    .. code-block:: text
    <BLANKLINE>
        |e_k| = 2*x
    <BLANKLINE>
    for ``x_``.
    <BLANKLINE>
    Parameters
    ----------
    x_0
        one.
    """
    out, section, literal, example = [], "", False, False
    for i, line in enumerate(lines):
        indented = line.startswith("    ")
        if i + 1 < len(lines) and re.fullmatch("-{3,}", lines[i + 1]):
            section = line.strip()
        elif (
            section
            and line.strip()
            and not indented
            and not out[-1].strip()
            and not named(line)
        ):
            # Prose or an example ends a section; napoleon sees that by
            # a title only.
            section, title = (
                "",
                "Examples" if line.startswith(">>>") else "Notes",
            )
            out += [title, "-" * len(title), ""]
        example = line.lstrip().startswith((">>>", "...")) or (
            example and bool(line.strip())
        )
        literal = (
            indented and not section and not example
            if line.strip()
            else literal
        )
        if (
            example
            or not line.strip()
            or re.fullmatch("-{3,}", line)
            or line.strip() in SECTIONS
        ):
            out.append(line)
        elif literal:
            if (
                out
                and not out[-1].strip()
                and not any(x.startswith("    ") for x in out[-2:-1])
            ):
                out += [".. code-block:: text", ""]
            out.append(line)
        elif (
            section in ("Parameters", "Attributes")
            and not indented
            and named(line)
        ):
            names, text = line.split(" : ", 1)
            out += [names, "    " + escape(text)]
        else:
            out.append(re.sub("::$", ":", escape(line)))
    lines[:] = out


def named(line):
    """Whether a line starts the entry of a parameter: "name : text" or
    "one, two : text".
    """
    return bool(re.match(r"[\w*]+(, [\w*]+)* : ", line))


def escape(text):
    r"""Text outside backticks has no markup, text inside is code.

    >>> escape("|a_1| of `b_1`")
    '\\|a\\_1\\| of ``b_1``'
    """
    parts = text.split("`")
    return "".join(
        re.sub(r"([\\*_|])", r"\\\1", p) if i % 2 == 0 else f"``{p}``"
        for i, p in enumerate(parts)
    )
