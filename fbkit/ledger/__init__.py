"""The ledger: every scientific statement of the book that is a number, with its
tolerance and what was measured.

A claim is one short function of a seed. *Live* claims run when the ledger is made;
*recorded* ones take longer, so their figures come from a file that `python -m
fbkit.ledger recompute ID` wrote with its seeds, date, duration and checksum. Measured
values are kept in `_build/claims.json` under a hash of the claim's function and of
fbkit's modules: chapters, the ledger page and the tests read it and measure only what
is missing.
"""

import ast
import datetime
import functools
import hashlib
import html
import inspect
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fbkit._chapters import chapter_modules
from fbkit._errors import one_of

_CLAIMS = {}
BETWEEN = " | "  # the values of one seed; a slash would read as a division


@dataclass(frozen=True)
class Claim:
    """A statement, where it comes from, and the function of a seed that measures it."""

    id: str
    source: str
    statement: str
    expected: object
    tolerance: object
    unit: str
    kind: str
    seeds: tuple
    function: object

    @property
    def key(self):
        """Hash of everything the measured value depends on."""
        text = f"{self.version} {self.seeds} {_sources()}"
        if self.kind == "recorded":
            text += self._file.read_text() if self._file.exists() else ""
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def version(self):
        """Hash of what the function does: of its statements, without comments and
        layout.
        """
        (function,) = ast.parse(inspect.getsource(self.function)).body
        return hashlib.sha256(
            "\n".join(map(ast.unparse, function.body)).encode()
        ).hexdigest()[:16]

    @property
    def _file(self):
        """A record lies in the folder of its claim's chapter."""
        return (
            Path(inspect.getfile(self.function)).parent / "records" / f"{self.id}.json"
        )

    def measure(self):
        """Values (seeds, numbers), computed now or read from the record."""
        if self.kind == "recorded":
            return np.array(self.read()["values"], dtype=float)
        return np.array(
            [np.atleast_1d(self.function(seed)) for seed in self.seeds], dtype=float
        )

    def read(self):
        """The record, after checking that it is whole and belongs to this claim."""
        again = f"make it again with: make recompute ID={self.id}"
        if not self._file.exists():
            raise FileNotFoundError(
                f"the record of claim {self.id} is missing; {again}"
            )
        try:
            record = json.loads(self._file.read_text())
            whole = record["checksum"] == _checksum(record["values"])
            current = record["function"] == self.version and record["seeds"] == list(
                self.seeds
            )
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            raise ValueError(f"the record of claim {self.id} is damaged; {again}")
        if not current:
            raise ValueError(
                f"the record of claim {self.id} is from another version of the claim;"
                f" {again}"
            )
        return record

    def recompute(self):
        """Run the claim for every seed and write its record."""
        start = time.perf_counter()
        values = _plain([np.atleast_1d(self.function(seed)) for seed in self.seeds])
        record = {
            "id": self.id,
            "seeds": list(self.seeds),
            "function": self.version,
            "date": datetime.date.today().isoformat(),
            "seconds": round(time.perf_counter() - start, 1),
            "checksum": _checksum(values),
            "values": values,
        }
        self._file.write_text(json.dumps(record, indent=1, allow_nan=False) + "\n")
        return record

    def holds(self, measured):
        """Every measured value within the tolerance of the expected one; NaN never is,
        infinity only of infinity.
        """
        expected, measured = np.broadcast_arrays(
            np.asarray(self.expected, dtype=float), measured
        )
        with np.errstate(invalid="ignore"):
            close = np.abs(measured - expected) <= np.asarray(
                self.tolerance, dtype=float
            )
        return bool(np.all(close | (np.isinf(expected) & (measured == expected))))


class Result:
    """A claim with its measured values, as a chapter shows it."""

    def __init__(self, claim, measured):
        self.claim, self.measured, self.ok = claim, measured, claim.holds(measured)

    def entry(self):
        """The line of `_build/claims.json`."""
        c = self.claim
        names = ("id", "source", "statement", "unit", "kind")
        return {
            **{name: getattr(c, name) for name in names},
            "expected": _plain(c.expected),
            "tolerance": _plain(c.tolerance),
            "seeds": list(c.seeds),
            "measured": _plain(self.measured),
            "ok": self.ok,
            "key": c.key,
        }

    def figures(self):
        """The measured values as text, one list a seed, in short."""
        per_seed = [BETWEEN.join(map(_number, row)) for row in self.measured]
        return ", ".join(per_seed) + (f" {self.claim.unit}" if self.claim.unit else "")

    def __repr__(self):
        c = self.claim
        verdict = "holds" if self.ok else "FAILS"
        return (
            f"Claim {c.id} {verdict}: {c.statement} Expected {_range(c)}; measured"
            f" {self.figures()} ({c.kind})."
        )

    def _repr_html_(self):
        c = self.claim
        seeds = (
            f"seeds {', '.join(map(str, c.seeds))}" if len(c.seeds) > 1 else "one run"
        )
        return (
            f'<div class="fb-claim" id="claim-{c.id}" style="border-left:3px solid'
            ' #2a9d6f;padding-left:.8rem">'
            f"<p><strong>{'✓ Claim' if self.ok else '✗ Claim fails'}.</strong> "
            f"{html.escape(c.statement)}</p><p><small>Measured:"
            f" {html.escape(self.figures())} ({seeds}, {c.kind}). "
            f"Expected: {html.escape(_range(c))}. Source:"
            f" {html.escape(c.source)}.</small></p></div>"
        )


def ledger(
    *, id, source, statement, expected, tolerance, unit="", kind="live", seeds=(0, 1, 2)
):
    """Enter the decorated function of a seed into the ledger.

    Parameters
    ----------
    id, source (with arXiv id, or "derived here"), statement : text.
    expected, tolerance : one number, or as many as the function returns; infinity
        stands for "never".
    kind : "live" (at most 5 s for all seeds) or "recorded".
    seeds : the seeds it runs on; statements without chance take (0,).
    """

    def enter(function):
        if id in _CLAIMS and inspect.getsource(
            _CLAIMS[id].function
        ) != inspect.getsource(function):
            raise ValueError(f"claim {id} is in the ledger already; choose another id.")
        _CLAIMS[id] = Claim(
            id,
            source,
            statement,
            expected,
            tolerance,
            unit,
            one_of("kind", kind, ["live", "recorded"]),
            seeds,
            function,
        )
        return function

    return enter


def registry():
    """All claims by id, found by listing the chapters' folders.

    >>> all(c.id == i for i, c in registry().items())
    True
    """
    chapter_modules("claims")  # importing a chapter's claims enters them
    return _CLAIMS


def result(id, stored=None):
    """A claim's `Result`, from the stored ledger if its key still fits, otherwise
    measured now.
    """
    claim = registry()[one_of("claim", id, registry())]
    entry = (_load() if stored is None else stored).get(id)
    if entry and entry["key"] == claim.key:
        return Result(claim, np.array(entry["measured"], dtype=float))
    return Result(claim, claim.measure())


def claim(id):
    """Show one claim in a chapter; raises an AssertionError if it does not hold, so
    that the build turns red.

    Parameters: `id` of the ledger. Returns a `Result` that displays statement,
    tolerance, measured values and source.

    >>> claim("no-such-claim")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: claim is 'no-such-claim'; expected one of ...
    """
    shown = result(id)
    if not shown.ok:
        raise AssertionError(repr(shown))
    return shown


class claims_table:
    """The whole ledger as a table: statement with its source, expected numbers,
    measured ones (a line for each seed).

    >>> claims_table.header
    ('claim', 'expected', 'measured')
    """

    header = ("claim", "expected", "measured")

    def __init__(self):
        stored = _load()
        self.results = [result(id, stored) for id in registry()]

    def __repr__(self):
        return f"{sum(r.ok for r in self.results)} of {len(self.results)} claims hold"

    def _repr_html_(self):
        head = "".join(f'<th scope="col">{h}</th>' for h in self.header)
        return (
            f'<p>{self!r}.</p><div style="overflow-x:auto" tabindex="0" role="region"'
            ' aria-label="Ledger of claims">'
            "<table"
            f' class="table"><thead><tr>{head}</tr></thead><tbody>{"".join(map(self._row, self.results))}</tbody>'
            "</table></div>"
        )

    @staticmethod
    def _row(r):
        c = r.claim
        measured = [
            f"<div>{BETWEEN.join(map(_number, values))}</div>" for values in r.measured
        ]
        numbers = f"<td>{_range(c)}</td><td>{''.join(measured)}</td>"
        return (
            f'<tr><td style="min-width:16rem">{"✓" if r.ok else "✗"}'
            f" {html.escape(c.statement)} <br><small><code>{c.id}</code>, {c.kind}."
            f" {html.escape(c.source)}.</small></td>{numbers}</tr>"
        )


def update(report=print):
    """Measure what `_build/claims.json` lacks, write it, and return the results."""
    stored, results = _load(), []
    try:
        for id, one in registry().items():
            known = stored.get(id, {}).get("key") == one.key
            start = time.perf_counter()
            results.append(result(id, stored))
            took = "kept" if known else f"{time.perf_counter() - start:.1f} s"
            report(
                f"{'ok  ' if results[-1].ok else 'FAIL'} {id} ({one.kind}, {took}):"
                f" {results[-1].figures()}"
            )
    finally:  # an interruption or a damaged record keeps what was measured so far
        path = _path()
        if path is not None:
            path.parent.mkdir(exist_ok=True)
            fresh = path.with_suffix(".tmp")
            fresh.write_text(
                json.dumps([r.entry() for r in results], indent=1, allow_nan=False)
                + "\n"
            )
            fresh.replace(path)
    return results


def _path():
    """`_build/claims.json` of the course around the working directory, if there is one."""
    here = Path.cwd()
    return next(
        (
            p / "_build" / "claims.json"
            for p in (here, *here.parents)
            if (p / "_toc.yml").exists()
        ),
        None,
    )


def _load():
    path = _path()
    if path is None or not path.exists():
        return {}
    return {entry["id"]: entry for entry in json.loads(path.read_text())}


@functools.cache
def _sources():
    folder = Path(__file__).parents[1]
    above = (
        "chapters",
        "explorers",
        "lab",
        "ledger",
    )  # nothing a claim measures can depend on these
    paths = (
        p
        for p in sorted(folder.rglob("*.py"))
        if p.relative_to(folder).parts[0] not in above
    )
    return "".join(p.read_text() for p in paths)


def _checksum(values):
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def _plain(values):
    """Nested lists of numbers that any JSON reader takes: infinity and NaN as text,
    which float() reads back.

    >>> _plain([1, float("inf")])
    [1.0, 'inf']
    """
    if np.ndim(values):
        return [_plain(v) for v in values]
    return float(values) if np.isfinite(values) else str(float(values))


def _number(value):
    """Three digits, and no power of ten for the thousands.

    >>> _number(1244.6), _number(0.01234), _number(float("inf"))
    ('1245', '0.0123', 'never')
    """
    if np.isinf(value):
        return "never"
    return f"{value:.0f}" if 1000 <= abs(value) < 1e5 else f"{value:.3g}"


def _range(c):
    def text(v):
        return BETWEEN.join(map(_number, np.atleast_1d(np.asarray(v, dtype=float))))

    return f"{text(c.expected)} ± {text(c.tolerance)}" + (
        f" {c.unit}" if c.unit else ""
    )
