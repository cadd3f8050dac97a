"""Measuring claims: for the build, for a record, for a calibration, for a restamp.

Work is cut into (claim, seed) pairs, which run on all cores; each value is kept as soon
as it is there, so that an interruption costs only the pairs under way.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fbkit._errors import one_of
from fbkit.ledger.entries import Claim, number, registry
from fbkit.ledger.stored import (
    Calibration,
    Record,
    _replace,
    build_file,
    checksum,
    plain,
    read_build,
    stored_record,
    write_build,
    write_calibration,
    write_record,
)

CALIBRATION_SEEDS = tuple(range(100, 120))
FEW = 8  # of them, where one seed takes more than SLOW seconds
SLOW = 5.0
# What a restamp must reproduce: a value to this part of it, or to this part of the
# tolerance, a tenth of a standard deviation. Single precision does not give more:
# another processor adds in another order, and training enlarges the difference.
SAME = 1e-6
OF_TOLERANCE = 1 / 50

Pair = tuple[str, int]  # a claim's id, and a seed


@dataclass(frozen=True)
class Run:
    """The values of a claim on one seed, and the processor's seconds they took; or why
    there are none.
    """

    id: str
    seed: int
    values: np.ndarray
    seconds: float
    fault: str = ""


def run_pairs(pairs: Sequence[Pair], jobs: int | None = None) -> Iterator[Run]:
    """The same as `try_pairs`, up to the first claim that raises an error: a ValueError
    then says which.
    """
    for run in try_pairs(pairs, jobs):
        if run.fault:
            raise ValueError(f"claim {run.id}: {run.fault}")
        yield run


def try_pairs(pairs: Sequence[Pair], jobs: int | None = None) -> Iterator[Run]:
    """Run (claim, seed) pairs on `jobs` processes (default: all cores), in the order in
    which they come to an end.
    """
    return _in_processes(run_pair, pairs, jobs)


def _in_processes(function: Callable, given: Sequence, jobs: int | None) -> Iterator:
    """What a function returns for each, in the order in which they come to an end."""
    jobs = min(jobs or os.cpu_count() or 1, len(given))
    if jobs <= 1:
        yield from map(function, given)
        return
    # New processes, not forks: torch's threads do not survive a fork.
    pool = ProcessPoolExecutor(
        jobs, multiprocessing.get_context("spawn"), _ignore_interrupts
    )
    try:
        for done in as_completed([pool.submit(function, one) for one in given]):
            yield done.result()
    except BaseException:
        for process in list(pool._processes.values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _ignore_interrupts() -> None:
    """In a worker: Ctrl-C is for the process that gives out the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run_pair(pair: Pair) -> Run:
    """One claim on one seed."""
    id, seed = pair
    start = time.process_time()  # a busy machine must not make a claim slow
    try:
        values, fault = registry()[id].run(seed), ""
    except Exception as error:  # the other claims are run still
        values, fault = np.array([]), f"on seed {seed} it {_raised(error)}"
    return Run(id, seed, values, time.process_time() - start, fault)


def _raised(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"raised {type(error).__name__}: {text}"


def theory_of(id: str) -> tuple[str, dict]:
    """A claim's id, and what theory and its rivals expect of it."""
    one, numbers = registry()[id], {}
    with contextlib.suppress(Exception):  # it is raised again where it can be told
        numbers = {"expected": one.expected, "rival": one.rival}
    return id, numbers


def _learn_theories(claims: dict[str, Claim], jobs: int | None) -> None:
    """Compute what theory says on all cores, where it is not at hand."""
    asked = []
    for id, one in claims.items():
        with contextlib.suppress(Exception):  # it is named when it is measured
            asked += [] if one.knows_theory else [id]
    for id, numbers in _in_processes(theory_of, asked, jobs):
        claims[id].learn(numbers)


# ---- the build ----


def update(
    report: Callable[[str], None] = print, jobs: int | None = None
) -> dict[str, np.ndarray]:
    """Measure what the last build lacks, keep it for the next, and return the values
    (seeds, rows) of every claim by id; a claim without a fitting record, or that raises
    an error, is left out.
    """
    claims, known, found, missing = registry(), read_build(), {}, []
    _learn_theories(claims, jobs)

    def enter(one: Claim, values: np.ndarray, how: str) -> None:
        line, entry = _line(one, values, how), build_entry(one, values)
        found[one.id] = values, entry
        report(line)

    for id, one in claims.items():
        with _reported(id, report):
            entry = known.get(id)
            if entry and entry["key"] == one.key and entry["seeds"] == list(one.seeds):
                enter(one, np.array(entry["measured"], dtype=float), "kept")
            elif one.kind == "recorded":
                enter(one, _recorded(one), "recorded")
            else:
                missing += [(id, seed) for seed in one.seeds]
    try:
        for id, runs in _by_claim(try_pairs(missing, jobs), claims):
            with _reported(id, report):
                enter(claims[id], _values_of(runs), _seconds(runs))
    finally:  # an interruption keeps what was measured so far
        order = [id for id in claims if id in found]
        write_build([found[id][1] for id in order])
    return {id: found[id][0] for id in order}


class _Fault(Exception):
    """Why a claim has no values, in words for its author."""


@contextlib.contextmanager
def _reported(id: str, report: Callable[[str], None]) -> Iterator[None]:
    """One claim that raises an error is a sentence: the others are measured still."""
    try:
        yield
    except _Fault as fault:
        report(f"FAIL {id}: {fault}")
    except Exception as error:
        report(f"FAIL {id}: it {_raised(error)}")


def _recorded(claim: Claim) -> np.ndarray:
    try:
        return claim.record().values
    except (OSError, ValueError) as error:
        raise _Fault(error) from None


def _values_of(runs: Sequence[Run]) -> np.ndarray:
    for run in runs:
        if run.fault:
            raise _Fault(run.fault)
    return np.array([run.values for run in runs])


def build_entry(claim: Claim, values: np.ndarray) -> dict:
    """What `_build/claims.json` holds of a claim."""
    entry = {
        "id": claim.id,
        "source": claim.source,
        "says": claim.says,
        "rows": dict(claim.rows),
        "kind": claim.kind,
        "calibrated": claim.calibrated,
        "expected": plain(claim.expected),
        "rival": {name: plain(one) for name, one in claim.rival.items()},
        "theory": claim.theory_key,
        "tolerance": plain(claim.tolerance),
        "seeds": list(claim.seeds),
        "measured": plain(values),
        "ok": claim.holds(values) and not claim.refusal(),
        "key": claim.key,
    }
    return {**entry, "checksum": checksum(entry)}


def _by_claim(
    runs: Iterable[Run], claims: dict[str, Claim]
) -> Iterator[tuple[str, list[Run]]]:
    """Claims whose last seed has come in, with their runs in the order of the seeds."""
    waiting: dict[str, list[Run]] = {}
    for run in runs:
        there = waiting.setdefault(run.id, [])
        there.append(run)
        if len(there) == len(claims[run.id].seeds):
            yield run.id, sorted(there, key=lambda one: one.seed)


def _line(claim: Claim, values: np.ndarray, how: str) -> str:
    reason = claim.refusal()
    verdict = "FAIL" if reason or not claim.holds(values) else "ok  "
    rows = ", ".join(" | ".join(map(number, row)) for row in values)
    why = f"; it {reason}" if reason else ""
    return f"{verdict} {claim.id} ({claim.kind}, {how}): {rows}{why}"


def _seconds(runs: Sequence[Run]) -> str:
    return f"{sum(run.seconds for run in runs):.1f} s"


# ---- records ----


def recompute(
    id: str, report: Callable[[str], None] = print, jobs: int | None = None
) -> Record:
    """Run a recorded claim on the seeds of the build and write its record."""
    recorded = [one.id for one in registry().values() if one.kind == "recorded"]
    claim = registry()[one_of("the recorded claim", id, recorded)]
    runs = []
    for run in run_pairs([(id, seed) for seed in claim.seeds], jobs):
        runs.append(run)
        report(f"{id}, seed {run.seed}: {_values(run.values)} ({run.seconds:.1f} s)")
    runs.sort(key=lambda run: run.seed)
    values = np.array([run.values for run in runs])
    seconds = sum(run.seconds for run in runs)
    today = datetime.date.today().isoformat()
    record = Record(claim.seeds, values, claim.keys, seconds, today)
    write_record(claim.folder, id, record)
    return record


# ---- calibration ----


def calibrate(
    ids: Sequence[str], report: Callable[[str], None] = print, jobs: int | None = None
) -> None:
    """Run claims on seeds that the build never uses, and store mean, spread and key.

    Seeds 100 to 119; the first 8 of them where one takes over 5 s; the one seed 0 where
    there is no chance. What was measured before an interruption is used again.
    """
    claims = [registry()[one_of("claim", id, registry())] for id in ids]
    done = {one.id: {run.seed: run for run in _kept_runs(one)} for one in claims}
    # The first seed of each tells how long the others take.
    for wanted in (_first_seed, _all_seeds):
        missing = [
            (one.id, seed)
            for one in claims
            for seed in wanted(one, done[one.id])
            if seed not in done[one.id]
        ]
        for count, run in enumerate(run_pairs(missing, jobs), start=1):
            one = registry()[run.id]
            done[run.id][run.seed] = run
            _keep(one, done[run.id])
            report(f"{count} of {len(missing)} {run.id} ({run.seconds:.1f} s)")
            if len(done[run.id]) == len(_all_seeds(one, done[run.id])):
                _finish_calibration(one, done[run.id], report)
    for one in claims:  # complete when it was interrupted
        if not replace(one).calibrated:
            _finish_calibration(one, done[one.id], report)


def not_calibrated() -> list[str]:
    """Ids of the claims of the new form whose calibration is missing or stale."""
    return [
        one.id
        for one in registry().values()
        if one.typed_tolerance is None and not one.calibrated
    ]


def _first_seed(claim: Claim, done: dict[int, Run]) -> tuple[int, ...]:
    return CALIBRATION_SEEDS[:1] if claim.chance else (0,)


def _all_seeds(claim: Claim, done: dict[int, Run]) -> tuple[int, ...]:
    """The seeds of a calibration, once its first one has been run."""
    if not claim.chance:
        return (0,)
    slow = done[CALIBRATION_SEEDS[0]].seconds > SLOW
    return CALIBRATION_SEEDS[:FEW] if slow else CALIBRATION_SEEDS


def _finish_calibration(
    claim: Claim, done: dict[int, Run], report: Callable[[str], None]
) -> None:
    seeds = _all_seeds(claim, done)
    runs = [done[seed] for seed in seeds]
    values = np.array([run.values for run in runs])
    if not np.isfinite(values).all():
        bad = next(run.seed for run in runs if not np.isfinite(run.values).all())
        raise ValueError(
            f"claim {claim.id} gave a number that is not finite, on seed {bad}; where"
            " something may never happen, return the share of runs in which it did."
        )
    new = Calibration(seeds, values, claim.keys, sum(run.seconds for run in runs))
    write_calibration(claim.folder, claim.id, new)
    _keep_file(claim).unlink(missing_ok=True)
    report(_calibrated_line(claim))


def _calibrated_line(claim: Claim) -> str:
    fresh = replace(claim)  # without the calibration that the old one has read
    rows = [
        f"{name} {number(e)} ± {number(t)} (mean {number(m)}, sd {number(s)})"
        for name, e, t, m, s in zip(
            fresh.rows,
            fresh.expected,
            fresh.tolerance,
            fresh.calibration.mean,
            fresh.calibration.sd,
        )
    ]
    reason = fresh.refusal()
    verdict = f"REFUSED, it {reason}" if reason else "calibrated"
    return f"{fresh.id} {verdict}: {'; '.join(rows)}. {fresh.says}"


def _keep_file(claim: Claim) -> Path:
    build = build_file()
    folder = build.parent if build else Path("_build")
    return folder / "calibrate" / f"{claim.id}.json"


def _keep(claim: Claim, done: dict[int, Run]) -> None:
    """Keep the runs of a calibration that may not be complete yet."""
    entry = {
        "own": claim.keys[0],
        "library": claim.keys[1],
        "runs": [[r.seed, plain(r.values), r.seconds] for r in done.values()],
    }
    _replace(_keep_file(claim), json.dumps(entry))


def _kept_runs(claim: Claim) -> list[Run]:
    try:
        entry = json.loads(_keep_file(claim).read_text(encoding="utf-8"))
        if (entry["own"], entry["library"]) != claim.keys:
            return []
        return [
            Run(claim.id, seed, np.array(values, dtype=float), seconds)
            for seed, values, seconds in entry["runs"]
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


# ---- after a change of the library ----


def restamp(
    report: Callable[[str], None] = print, jobs: int | None = None
) -> list[str]:
    """Redo one seed of every record and calibration that the library has changed under;
    where it gives the stored value, the file gets the new key.

    Returns one sentence for each that it does not fit any more. What is done is kept,
    so an interrupted restamp goes on where it was.
    """
    stale, wrong = {}, []
    for one in registry().values():
        for what, stored in (
            ("recompute", _stored_record(one)),
            ("calibrate", one.calibration),
        ):
            if stored is None or stored.keys == one.keys:
                continue
            if stored.keys is not None and stored.keys[0] != one.keys[0]:
                wrong.append(_anew(one, what, "is from another version of the claim"))
            else:
                stale[(one.id, stored.seeds[0])] = (what, stored)
    report(f"{len(stale)} to redo, one seed each.")
    for count, run in enumerate(run_pairs(list(stale), jobs), start=1):
        what, stored = stale[(run.id, run.seed)]
        one, told = registry()[run.id], stored.values[0]
        if _reproduces(one, run.values, told):
            write = write_record if what == "recompute" else write_calibration
            write(one.folder, one.id, replace(stored, keys=one.keys))
            verdict = "the same"
        else:
            difference = f"stored {_values(told)}, now {_values(run.values)}"
            wrong.append(_anew(one, what, f"is no longer reproduced: {difference}"))
            verdict = difference
        report(f"{count} of {len(stale)} {run.id} ({run.seconds:.1f} s): {verdict}")
    return wrong


def _reproduces(claim: Claim, now: np.ndarray, told: np.ndarray) -> bool:
    """Whether a seed gives what is stored of it."""
    near = np.fmax(SAME * np.abs(told) + 1e-12, OF_TOLERANCE * claim.tolerance)
    with np.errstate(invalid="ignore"):
        close = np.abs(now - told) <= near
    return bool(np.all(close | (now == told)))


def _stored_record(claim: Claim) -> Record | None:
    if claim.kind != "recorded":
        return None
    return stored_record(claim.folder, claim.id)


def _anew(claim: Claim, what: str, why: str) -> str:
    noun = "record" if what == "recompute" else "calibration"
    return (
        f"the {noun} of claim {claim.id} {why}; make it anew with: make {what}"
        f" ID={claim.id}"
    )


def _values(values: np.ndarray) -> str:
    return " | ".join(f"{v:.9g}" for v in values)


# ---- the slow checks ----


def spot_check(
    commit: str, report: Callable[[str], None] = print, jobs: int | None = None
) -> bool:
    """Measure 12 (claim, seed) pairs and redo one stored seed of one record, all drawn
    from the commit's hash; whether that is well.

    The seeds are new (from 1,000 on). Three pairs outside their windows, or one by more
    than twice its tolerance, are red: at 97 % inside, three are a matter of 0.5 %.
    """
    draw = random.Random(commit)
    claims = [c for c in registry().values() if c.calibrated and c.chance]
    pairs = [
        (
            draw.choice([c for c in claims if not c.heavy]).id,
            draw.randrange(1000, 2**31),
        )
        for _ in range(12 if claims else 0)
    ]
    outside, far = 0, 0
    for run in run_pairs(pairs, jobs):
        one = registry()[run.id]
        off = np.abs(run.values - one.expected) / one.tolerance
        outside += not one.holds(run.values)
        far += bool(off.max() > 2)
        said = "inside" if one.holds(run.values) else "OUTSIDE"
        report(f"{run.id}, seed {run.seed}: {said}, {off.max():.2f} of its tolerance")
    return outside < 3 and not far and _redo_one_record(draw, report)


def _redo_one_record(draw: random.Random, report: Callable[[str], None]) -> bool:
    recorded = [c for c in registry().values() if c.kind == "recorded" and not c.heavy]
    if not recorded:
        report("no record to redo")
        return True
    one = draw.choice(recorded)
    place = draw.randrange(len(one.seeds))
    told = one.record().values[place]
    again = one.run(one.seeds[place])
    report(f"{one.id}, seed {one.seeds[place]}: stored {told}, now {again}")
    return _reproduces(one, again, told)
