"""What the ledger keeps in files: records of long claims, calibrations, and the values
of the last build.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Calibration:
    """Values of a claim on seeds that the build never uses, (seeds, rows)."""

    seeds: tuple[int, ...]
    values: np.ndarray
    keys: tuple[str, str]
    seconds: float

    @property
    def mean(self) -> np.ndarray:
        return self.values.mean(axis=0)

    @property
    def sd(self) -> np.ndarray:
        """Standard deviation of one seed; 0 for a single run."""
        if len(self.values) == 1:
            return np.zeros(self.values.shape[1])
        return self.values.std(axis=0, ddof=1)


@dataclass(frozen=True)
class Record:
    """Values of a recorded claim on the seeds of the build, (seeds, rows)."""

    seeds: tuple[int, ...]
    values: np.ndarray
    keys: tuple[str, str] | None
    seconds: float
    date: str


# ---- calibrations ----


def calibration_file(folder: Path, id: str) -> Path:
    """Where a chapter keeps the calibration of one of its claims."""
    return folder / "calibrations" / f"{id}.json"


def read_calibration(folder: Path, id: str) -> Calibration | None:
    """The calibration of a claim, or None where there is no whole one."""
    entry = _read(calibration_file(folder, id))
    if entry is None:
        return None
    values = np.array(entry["values"], dtype=float)
    keys = entry["own"], entry["library"]
    return Calibration(tuple(entry["seeds"]), values, keys, entry["seconds"])


def write_calibration(folder: Path, id: str, new: Calibration) -> None:
    """Store a calibration with its mean and spread, for whoever reads the file."""
    spread = {"mean": plain(new.mean), "sd": plain(new.sd)}
    _write(calibration_file(folder, id), id, new, spread)


# ---- records ----


def record_file(folder: Path, id: str) -> Path:
    """Where a chapter keeps the values of one of its recorded claims."""
    return folder / "records" / f"{id}.json"


def stored_record(folder: Path, id: str) -> Record | None:
    """The record as it lies there, whatever version of the claim it is from."""
    entry = _read(record_file(folder, id))
    if entry is None:
        return None
    keys = (entry["own"], entry["library"]) if "own" in entry else None
    values = np.array(entry["values"], dtype=float)
    seeds = tuple(entry["seeds"])
    return Record(seeds, values, keys, entry["seconds"], entry["date"])


def read_record(
    folder: Path, id: str, keys: tuple[str, str], seeds: Sequence[int]
) -> Record:
    """The record, after checking that it is whole and belongs to this claim."""
    again = f"make it again with: make recompute ID={id}"
    if not record_file(folder, id).exists():
        raise FileNotFoundError(f"the record of claim {id} is missing; {again}")
    record = stored_record(folder, id)
    if record is None:
        raise ValueError(f"the record of claim {id} is damaged; {again}")
    if record.keys is None or record.keys[0] != keys[0] or record.seeds != tuple(seeds):
        raise ValueError(
            f"the record of claim {id} is from another version of the claim; {again}"
        )
    if record.keys[1] != keys[1]:
        raise ValueError(
            f"the record of claim {id} was made before the library changed; see whether"
            " it still holds with: make restamp"
        )
    return record


def write_record(folder: Path, id: str, new: Record) -> None:
    """Store the values of a recorded claim."""
    _write(record_file(folder, id), id, new, {})


# ---- the values of the last build ----


def build_file() -> Path | None:
    """`_build/claims.json` of the course around the working directory, if any."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "_toc.yml").exists():
            return folder / "_build" / "claims.json"
    return None


def read_build() -> dict[str, dict]:
    """The entries of the last build by id, without damaged ones, and none where the
    file is: it is only a cache.
    """
    path = build_file()
    if path is None or not path.exists():
        return {}
    try:
        return _entries(path.read_bytes())
    except OSError:
        return {}


@functools.lru_cache(maxsize=1)
def _entries(text: bytes) -> dict[str, dict]:
    """Parsed once: every claim of a page asks for its own entry."""
    try:
        entries = json.loads(text)
        return {entry["id"]: entry for entry in entries if _is_whole(entry)}
    except (ValueError, TypeError, RecursionError):
        return {}


def _is_whole(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        return False
    content = {name: part for name, part in entry.items() if name != "checksum"}
    return entry.get("checksum") == checksum(content)


def write_build(entries: list[dict]) -> None:
    """Keep the entries for pages and tests; outside a course nothing is kept."""
    path = build_file()
    if path is not None:
        _replace(path, json.dumps(entries, indent=1, allow_nan=False) + "\n")


# ---- files of numbers ----


def plain(values: ArrayLike) -> object:
    """Nested lists of numbers that any JSON reader takes: infinity and NaN as text,
    which float() reads back.

    >>> plain([1, float("inf")])
    [1.0, 'inf']
    """
    if np.ndim(values):
        return [plain(v) for v in values]
    return float(values) if np.isfinite(values) else str(float(values))


def checksum(values: object) -> str:
    """Of lists and dicts of texts and of numbers, as `plain` makes them."""
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def _read(path: Path) -> dict | None:
    """The entry in a file; None where there is none, or it is not what was written."""
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
        whole = entry["checksum"] == checksum(entry["values"])
        whole = whole and len(entry["seeds"]) == len(entry["values"])
        return entry if whole and {"seconds", "date"} <= entry.keys() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, id: str, new: Calibration | Record, more: dict) -> None:
    values = plain(new.values)
    own, library = new.keys
    entry = {
        "id": id,
        "seeds": list(new.seeds),
        "own": own,
        "library": library,
        "date": getattr(new, "date", "") or datetime.date.today().isoformat(),
        "seconds": round(new.seconds, 3),
        **more,
        "checksum": checksum(values),
        "values": values,
    }
    _replace(path, json.dumps(entry, indent=1, allow_nan=False) + "\n")


def _replace(path: Path, text: str) -> None:
    """Write the whole file or nothing of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".tmp")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
