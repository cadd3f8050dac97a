"""Numbers of claims in running text: `[32](#claim:circle-steps/half-of-4)`.

The link names a claim and one of its rows, and the text says the number as rounded as
its author wrote it. The build compares the two, and so does the command line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fbkit._errors import one_of
from fbkit.ledger.entries import RAISED, Claim, number, registry, slug
from fbkit.ledger.show import result

PREFIX = "#claim:"
LINK = re.compile(rf"\[(?P<text>[^\]\[]*)\]\({PREFIX}(?P<address>[^)\s]+)\)")
NUMBER = re.compile(
    r"(?P<sign>[-−+]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d+))?"
    r"(?P<times>\s*(?:×|\\times|\\cdot)\s*10(?:\^\{?(?P<power>[-−]?\d+)\}?|"
    r"(?P<raised>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)))?(?P<percent>\s*\\?%)?"
)


@dataclass(frozen=True)
class Place:
    """A number that stands in a file, what it should be, and what is wrong with it."""

    path: Path
    text: str
    address: str
    right: str
    wrong: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.wrong or f'{self.text} is {self.address}'}"


# ---- from an address to a number ----


def number_at(address: str) -> float:
    """The number that an address names, or a ValueError with one sentence.

    Parameters
    ----------
    address : "ID/ROW" is what is expected, and with "/measured" the mean over the seeds
        of the build, "/tolerance" the window's half width, "/NAME" a rival's number.

    >>> number_at("circle-steps/half-of-4")
    32.0
    >>> number_at("circle-steps/half-of-4/measured")
    32.0
    """
    one, place, what = _found(address)
    value = _numbers(one, what)[place]
    if not np.isfinite(value):
        raise ValueError(
            f"{address} is {value}, which no text can say; choose another row."
        )
    return float(value)


def about(address: str) -> str:
    """The row that an address names in words, for who points at its number.

    >>> about("circle-steps/half-of-4")
    'half of 4: expected 32 ± 1 steps, measured 32'
    """
    one, place, _ = _found(address)
    name, unit = list(one.rows.items())[place]
    wide = f"{number(one.expected[place])} ± {number(one.tolerance[place])} {unit}"
    seen = ", ".join(map(number, result(one.id).measured[:, place]))
    return f"{name}: expected {wide.rstrip()}, measured {seen}"


def _found(address: str) -> tuple[Claim, int, str]:
    """The claim, the place of the row, and which of its numbers is meant."""
    id, _, rest = address.partition("/")
    claims = registry()
    one = claims[one_of("claim", id, claims)]
    row, _, what = rest.partition("/")
    places = {slug(name): i for i, name in enumerate(one.rows)}
    return one, places[one_of(f"a row of claim {id}", row, places)], what or "expected"


def _numbers(claim: Claim, what: str) -> np.ndarray:
    rivals = {slug(name): name for name in claim.rival}
    kinds = ["expected", "measured", "tolerance", *rivals]
    kind = one_of(f"what a number of claim {claim.id} is", what, kinds)
    if kind == "measured":
        return result(claim.id).measured.mean(axis=0)
    if kind in rivals:
        return claim.rival[rivals[kind]]
    return getattr(claim, kind)


# ---- from a number to its text ----


def as_written(value: float, like: str) -> str:
    """The text `like` with the value in place of its number, as rounded.

    A whole number that ends in zeros has at least two digits that count. What follows
    the number, a percent sign or a power of ten, stays; so do words around it.

    >>> [as_written(v, "350") for v in (346.2, 1306, 9.7)]
    ['350', '1,300', '10']
    >>> as_written(0.2061, "20 %"), as_written(-0.4567, "−0.5")
    ('21 %', '−0.5')
    >>> as_written(0.0000234, r"$1.0\\times10^{-4}$"), as_written(3.4e-6, "2 × 10⁻⁵")
    ('$2.3\\\\times10^{-5}$', '3 × 10⁻⁶')
    """
    found = list(NUMBER.finditer(like))
    if len(found) != 1:
        raise ValueError(
            f"the text {like!r} holds {len(found)} numbers; a link to a claim's number"
            " needs exactly one, with its minus, percent sign or power of ten."
        )
    old = found[0]
    sign = _sign(value, old, like)
    new = sign + _digits(abs(value) * (100 if old["percent"] else 1), old)
    return like[: old.start()] + new + (old["percent"] or "") + like[old.end() :]


def _sign(value: float, old: re.Match, like: str) -> str:
    if value < 0:
        # In mathematics the hyphen is a minus already.
        return "-" if old["sign"] == "-" or "$" in like or "\\" in like else "−"
    return "+" if old["sign"] == "+" else ""


def _digits(size: float, old: re.Match) -> str:
    """A size, rounded as the old number is."""
    decimals = len(old["decimals"] or "")
    if old["times"]:
        mantissa, power = f"{size:.{decimals}e}".split("e")
        return mantissa + _power(int(power), old)
    if not decimals:
        size = _whole(size, old["whole"].replace(",", ""))
    elif size and float(f"{size:.{decimals}f}") == 0:
        decimals = int(-np.floor(np.log10(size)))  # a first digit that is not 0
    plain = f"{size:,.{decimals}f}"
    bare = len(old["whole"]) > 3 and "," not in old["whole"]
    return plain.replace(",", "") if bare else plain


def _whole(size: float, old: str) -> float:
    """Rounded to as many digits as count in the old whole number, at least two."""
    digits = max(2, len(old.rstrip("0")))
    first = int(np.floor(np.log10(size))) if size else 0
    return round(size, min(0, digits - 1 - first))


def _power(power: int, old: re.Match) -> str:
    """The factor 10^power, spelled as the old one."""
    if old["raised"]:
        return old["times"].replace(old["raised"], str(power).translate(RAISED))
    before, _, after = old["times"].rpartition("10^")
    braces = after.startswith("{") or not 0 <= power < 10
    return f"{before}10^" + (f"{{{power}}}" if braces else str(power))


def compared(text: str, address: str) -> tuple[str, str]:
    """What the text should say, and one sentence on what is wrong with it, or ""."""
    try:
        value = number_at(address)
        right = as_written(value, text)
    except ValueError as error:
        return text, str(error)
    if text == right:
        return right, ""
    return right, (
        f"the text says {text}, but {address} is {value:.6g}: write {right}, or run"
        " python -m fbkit.ledger numbers --write"
    )


# ---- in files ----


def find(path: Path) -> Iterator[tuple[re.Match, Place]]:
    """The numbers of claims in a notebook or a text, with what each should be."""
    inside = path.suffix == ".ipynb"  # there the text stands in JSON
    for link in LINK.finditer(path.read_text(encoding="utf-8")):
        text = json.loads(f'"{link["text"]}"') if inside else link["text"]
        address = link["address"]
        yield link, Place(path, text, address, *compared(text, address))


def rewrite(path: Path) -> int:
    """Put the right number in place of each wrong one, and nothing else; how many."""
    whole = path.read_text(encoding="utf-8")
    wrong = [(link, place) for link, place in find(path) if place.text != place.right]
    for link, place in reversed(wrong):
        new = place.right
        if path.suffix == ".ipynb":
            new = json.dumps(new, ensure_ascii=False)[1:-1]
        whole = whole[: link.start("text")] + new + whole[link.end("text") :]
    if wrong:
        path.write_text(whole, encoding="utf-8", newline="")
    return len(wrong)
