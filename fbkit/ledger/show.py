"""How claims are shown: one line with a fold on a page, a table in the ledger."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fbkit._chapters import chapters
from fbkit._errors import needs, one_of
from fbkit.ledger.entries import Claim, number, registry
from fbkit.ledger.running import build_entry
from fbkit.ledger.stored import build_file, read_build

SHORT = 90  # characters of an old-form statement that stand in its line


@dataclass(frozen=True)
class Row:
    """A line of a claim's table, as text; places on the band are in percent."""

    name: str
    expected: str
    measured: list[str]
    band: tuple[float, float]
    dots: list[float]
    rivals: list[float]


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
        """The table: expected, measured, and where the dots stand on the band."""
        one = self.claim
        return [self._row(i, *row) for i, row in enumerate(one.rows.items())]

    def words(self) -> dict[str, str]:
        """Short texts of the fold: seeds, kind, rivals with their distances."""
        one = self.claim
        many = f"seeds {', '.join(map(str, one.seeds))}" if one.chance else "one run"
        refused = [
            f"{name} ({one.distance(name):.3g} tolerances)" for name in one.rival
        ]
        origin = "" if one.expects is not None else "measured, not predicted"
        return {
            "seeds": many,
            "kind": one.kind,
            "rivals": ", ".join(refused),
            "origin": origin,
            "short": _shortened(one.says),
            "code": f"fbkit/chapters/{one.folder.name}/claims.py",
        }

    def _row(self, i: int, name: str, unit: str) -> Row:
        one = self.claim
        expected, wide = one.expected[i], one.tolerance[i]
        rivals = [float(numbers[i]) for numbers in one.rival.values()]
        seen = np.array(
            [expected - wide, expected + wide, *self.measured[:, i], *rivals]
        )
        seen = seen[np.isfinite(seen)]
        low, high = (seen.min(), seen.max()) if len(seen) else (0.0, 1.0)
        span = (high - low) or 1.0

        def place(value: float) -> float:
            # Between 4 and 96 percent of the width, so that marks are not cut off.
            return round(4 + 92 * (value - low) / span, 1)

        finite = np.isfinite(expected) and np.isfinite(wide)
        band = (place(expected - wide), place(expected + wide)) if finite else (0, 0)
        return Row(
            name=f"{name} ({unit})" if unit else name,
            expected=f"{number(expected)} ± {number(wide)}",
            measured=[number(v) for v in self.measured[:, i]],
            band=band,
            dots=[place(v) for v in self.measured[:, i] if np.isfinite(v)],
            rivals=[place(v) for v in rivals if np.isfinite(v)],
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
        return _template("claim.html").render(result=self, claim=self.claim)


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


class ClaimsTable:
    """The whole ledger as a table with a filter, a row for each claim."""

    def __init__(self):
        stored = read_build()
        self.results = [result(id, stored) for id in registry()]

    @property
    def chapters(self) -> list[tuple[str, list[Result]]]:
        """The claims of each chapter, in the order of the book where it is at hand."""
        known = _book_order()
        found = {name: [] for name in known}
        for one in self.results:
            found.setdefault(one.claim.folder.name, []).append(one)
        return [(name, results) for name, results in found.items() if results]

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
        held = sum(one.ok for one in self.results)
        return (
            f"{held} of {len(self.results)} claims hold; {len(self.calibrated)} are"
            f" calibrated, {len(self.results) - len(self.calibrated)} are not"
        )

    def _repr_html_(self) -> str:
        return _template("table.html").render(table=self)


def claims_table() -> ClaimsTable:
    """The whole ledger, as the page `claims` shows it.

    >>> "claims hold" in repr(claims_table())
    True
    """
    return ClaimsTable()


def _book_order() -> list[str]:
    """The chapters as _toc.yml has them, where the course is around; else by name."""
    build = build_file()
    if build is None:
        return chapters()
    toc = (build.parents[1] / "_toc.yml").read_text(encoding="utf-8")
    return sorted(chapters(), key=lambda name: toc.find(f"book/{name}"))


def _shortened(text: str) -> str:
    if len(text) <= SHORT:
        return text
    return f"{text[:SHORT].rsplit(' ', 1)[0]} …"


@functools.cache
def _template(name: str):
    jinja2 = needs("jinja2")
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["code_of"] = inspect.getsource
    return environment.get_template(name)
