"""How claims are shown: one line with a fold, all of a page in one fold, the ledger."""

from __future__ import annotations

import functools
import html
import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fbkit._chapters import chapters
from fbkit._errors import needs, one_of
from fbkit.ledger.band import Band, band
from fbkit.ledger.entries import RAISED, Claim, Figure, number, registry
from fbkit.ledger.running import build_entry
from fbkit.ledger.stored import build_file, read_build

SHORT = 90  # characters of an old claim's statement that stand in its line
GLYPHS = "×+◇△"  # a mark for each wrong theory
ARXIV = re.compile(r"\d{4}\.\d{4,5}")


@dataclass(frozen=True)
class Row:
    """A line of a claim's table, as text, with its picture."""

    name: str
    unit: str
    expected: str
    measured: list[str]
    rivals: list[str]
    wide: bool  # the window is as wide as the number: it checks next to nothing
    band: Band | None


class Result:
    """A claim with its measured values (seeds, rows), as a page shows it."""

    def __init__(self, claim: Claim, measured: np.ndarray):
        self.claim = claim
        self.measured = measured
        self.ok = claim.holds(measured) and not claim.refusal()

    def entry(self) -> dict:
        """What `_build/claims.json` holds of it."""
        return build_entry(self.claim, self.measured)

    def rows(self) -> list[Row]:
        """The table: expected, measured, what wrong theories say, the picture."""
        one = self.claim
        return [self._row(i, *row) for i, row in enumerate(one.rows.items())]

    def _row(self, i: int, name: str, unit: str) -> Row:
        one = self.claim
        expected, wide = one.expected[i], one.tolerance[i]
        seen = self.measured[:, i]
        rivals = [numbers[i] for numbers in one.rival.values()]
        return Row(
            name=name,
            unit=unit,
            expected=f"{typeset(expected)} ± {typeset(wide)}",
            measured=[typeset(value) for value in seen],
            rivals=["" if np.isnan(value) else typeset(value) for value in rivals],
            wide=bool(wide >= abs(expected) > 0),
            band=band(expected, wide, seen, rivals),
        )

    def sentence(self) -> str:
        """What it says, as HTML: the key numbers stand out."""
        one = self.claim
        if one.typed_tolerance is not None:
            return _markup(html.escape(one.says, quote=False))
        escaped = html.escape(one.template, quote=False)
        names = [html.escape(name, quote=False) for name in one.rows]
        return _markup(escaped.format_map(dict(zip(names, map(_Key, one.expected)))))

    def short(self) -> str:
        """The line of a card: an old statement is cut, the fold has the rest."""
        one = self.claim
        if one.typed_tolerance is None or len(one.says) <= SHORT:
            return self.sentence()
        return f"{one.says[:SHORT].rsplit(' ', 1)[0]} …"

    def refused(self) -> list[tuple[str, str]]:
        """Each wrong theory, and how many tolerances it is off."""
        one = self.claim
        far = {name: one.distance(name) for name in one.rival}
        return [
            (name, "over 100" if d > 100 else f"{d:.2g}") for name, d in far.items()
        ]

    def origin(self) -> str:
        """Where the numbers come from, in a sentence or two."""
        one = self.claim
        seeds = "on seeds 0, 1 and 2" if one.chance else "in one run without chance"
        if one.kind == "live":
            said = f"Live: measured {seeds} when this was built."
        else:
            record = one.record()
            long = _duration(record.seconds)
            said = f"Recorded {seeds} on {record.date}, in {long} of one processor."
        theory = one.expects is not None
        return (
            said if theory else f"{said} What is expected was measured, not predicted."
        )

    def __repr__(self) -> str:
        one = self.claim
        verdict = "holds" if self.ok else "FAILS"
        if self.ok and not one.calibrated:
            verdict = "is not calibrated"
        wanted = " | ".join(row.expected for row in self.rows())
        found = ", ".join(" | ".join(map(number, row)) for row in self.measured)
        return (
            f"Claim {one.id} {verdict}: {one.says} Expected {wanted}; measured {found}"
            f" ({one.kind}).{self._reasons()}"
        )

    def _reasons(self) -> str:
        """What is wrong with the claim, whether or not its numbers hold."""
        one = self.claim
        reasons = []
        if one.refusal():
            reasons.append(f" It {one.refusal()}.")
        elif one.typed_tolerance is None and not one.calibrated:
            reasons.append(
                " Its calibration is of another version of it, or of the library; make"
                f" it anew with: make calibrate ID={one.id}."
            )
        if np.isnan(self.measured).any():
            reasons.append(
                " A number is not finite: where something may never happen, return the"
                " share of runs in which it did."
            )
        return "".join(reasons)

    def _repr_html_(self) -> str:
        return _template("page.html").render(result=self)


def result(id: str, stored: dict[str, dict] | None = None) -> Result:
    """A claim's `Result`, from the last build if its key still fits, otherwise measured
    now.
    """
    claims = registry()
    one = claims[one_of("claim", id, claims)]
    entry = (read_build() if stored is None else stored).get(id)
    if entry and entry["key"] == one.key and entry["seeds"] == list(one.seeds):
        return Result(one, np.array(entry["measured"], dtype=float))
    return Result(one, one.measure())


def claim(id: str) -> Result:
    """Show one claim on a page; an AssertionError where it does not hold, so that the
    build turns red.

    Parameters
    ----------
    id : of the ledger.

    Returns
    -------
    A `Result`, which displays the sentence, and in a fold the rows with their
    tolerances, what was measured, the rival, source and code.

    >>> claim("no-such-claim")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: claim is 'no-such-claim'; expected one of ...
    """
    shown = result(id)
    if not shown.ok:
        raise AssertionError(repr(shown))
    return shown


class Measured:
    """All claims of a page in one fold."""

    def __init__(self, results: Sequence[Result]):
        self.results = list(results)

    def __repr__(self) -> str:
        count = len(self.results)
        claims = "1 claim" if count == 1 else f"{count} claims"
        return f"{claims} of this page, measured again at each build: all hold"

    def _repr_html_(self) -> str:
        return _template("measured.html").render(shown=self)


def measured(*ids: str) -> Measured:
    """Show all that a page has measured in one fold; an AssertionError where one of
    the claims does not hold, so that the build turns red.

    Parameters
    ----------
    ids : of the ledger, in the order of the page.

    >>> measured("circle-rates", "circle-steps")
    2 claims of this page, measured again at each build: all hold
    >>> measured()
    Traceback (most recent call last):
    ValueError: measured() got no claim; pass the ids of the page's claims.
    """
    if not ids:
        raise ValueError("measured() got no claim; pass the ids of the page's claims.")
    if len(set(ids)) < len(ids):
        twice = next(id for id in ids if ids.count(id) > 1)
        raise ValueError(f"measured() got the claim {twice!r} twice; pass it once.")
    return Measured([claim(id) for id in ids])


@dataclass(frozen=True)
class Group:
    """The claims of a chapter under its page's title."""

    name: str
    title: str
    results: list[Result]


class ClaimsTable:
    """The whole ledger with a filter, by part and page.

    Parameters
    ----------
    contents : {part: {chapter: title of its page}}; left out, chapters by name.
    """

    def __init__(self, contents: Mapping[str, Mapping[str, str]] | None = None):
        stored = read_build()
        self.results = [result(id, stored) for id in registry()]
        names = {name: name.replace("_", " ").capitalize() for name in chapters()}
        self._contents = contents or {"All chapters": names}

    @property
    def parts(self) -> dict[str, list[Group]]:
        """The claims by part and page."""
        by_name: dict[str, list[Result]] = {}
        for one in self.results:
            by_name.setdefault(one.claim.folder.name, []).append(one)
        placed = {
            part: [Group(n, pages[n], by_name.pop(n)) for n in pages if n in by_name]
            for part, pages in self._contents.items()
        }
        left = [Group(name, name, results) for name, results in by_name.items()]
        return {
            part: groups
            for part, groups in (placed | {"Others": left}).items()
            if groups
        }

    @property
    def held(self) -> int:
        """How many hold."""
        return sum(one.ok for one in self.results)

    @property
    def calibrated(self) -> list[Result]:
        """The claims whose window comes from a calibration."""
        return [one for one in self.results if one.claim.calibrated]

    @property
    def sharpness(self) -> float:
        """Median of tolerance / |expected - rival| over calibrated claims: how much of
        the way to a wrong theory a window is wide.
        """
        shares = [
            1 / max(one.claim.distance(name), 1e-12)
            for one in self.calibrated
            for name in one.claim.rival
        ]
        return float(np.median(shares)) if shares else float("nan")

    def __repr__(self) -> str:
        return (
            f"{self.held} of {len(self.results)} claims hold;"
            f" {len(self.calibrated)} are calibrated,"
            f" {len(self.results) - len(self.calibrated)} are not"
        )

    def _repr_html_(self) -> str:
        return _template("table.html").render(table=self)


def claims_table() -> ClaimsTable:
    """The whole ledger, as the page `claims` shows it.

    >>> "claims hold" in repr(claims_table())
    True
    """
    return ClaimsTable()


# ---- words and links ----


class _Key(Figure):
    """A number that stands out in a sentence."""

    def __format__(self, form: str) -> str:
        return f"<b>{super().__format__(form)}</b>"


def typeset(value: float) -> str:
    """A number with a true minus and power of ten.

    >>> typeset(-0.5), typeset(5.7e-08), typeset(1e-12)
    ('−0.5', '5.7 × 10⁻⁸', '10⁻¹²')
    """
    plain = number(value)
    if not re.search(r"\de", plain):
        return plain.replace("-", "−")
    mantissa, power = plain.split("e")
    raised = f"10{str(int(power)).translate(RAISED)}"
    return raised if mantissa == "1" else f"{typeset(float(mantissa))} × {raised}"


def _duration(seconds: float) -> str:
    """Seconds in words.

    >>> _duration(42.3), _duration(2400)
    ('42 s', '40 min')
    """
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _source(claim: Claim) -> str:
    """The source, with a link where the course's bibliography has its arXiv id."""
    words = claim.source[:1].upper() + claim.source[1:].rstrip(".") + "."
    keys = _bibliography()

    def linked(found: re.Match) -> str:
        key = keys.get(found[0])
        link = f'<a href="bibliography.html#cite-{key}">{found[0]}</a>'
        return link if key else found[0]

    return _markup(ARXIV.sub(linked, html.escape(words)))


@functools.cache
def _bibliography() -> dict[str, str]:
    """Keys of book/references.bib by arXiv id; none outside the course."""
    build = build_file()
    path = build and build.parents[1] / "book" / "references.bib"
    if path is None or not path.exists():
        return {}
    entry = re.compile(r"@\w+\{([^,\s]+),[^@]*?eprint\s*=\s*\{([^}]+)\}")
    found = entry.findall(path.read_text(encoding="utf-8"))
    return {arxiv: key for key, arxiv in found}


def _code_page(claim: Claim) -> str:
    """Where the site shows the chapter's claims.py, at this claim."""
    return f"code/{claim.folder.name}.html#{claim.id}"


def _markup(text: str) -> str:
    """HTML that a template takes as it is."""
    return needs("markupsafe").Markup(text)


@functools.cache
def _template(name: str):
    jinja2 = needs("jinja2")
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "code": lambda claim: inspect.getsource(claim.function),
        "code_page": _code_page,
        "glyph": lambda which: GLYPHS[which % len(GLYPHS)],
        "source": _source,
    }
    return environment.get_template(name)
