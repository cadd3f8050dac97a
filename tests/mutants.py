"""Would a test say so? A drawn sample of small changes, each run against its tests.

`make mutants` draws 100 changes over the areas below, seeded by the last commit, and
makes each in a copy of that commit of its own. One that no test sees is a survivor: it
wants a test, or a line in `equivalent_mutants.toml` that says why it changes nothing. A
run that was broken off goes on where it stopped; its state lies in `_build/mutants/`.
What only tests of the built site see (most pages of `book/_ext`) is not drawn.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from pathlib import Path
from queue import SimpleQueue

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.mutations import Change, changes  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / "_build" / "mutants"
EQUIVALENT = ROOT / "tests" / "equivalent_mutants.toml"
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    # A mutant may have the size and the second of the file whose bytes were compiled.
    "PYTHONDONTWRITEBYTECODE": "1",
    "FBKIT_REQUIRE_BROWSER": "1",
}
PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
PYTEST += ["--doctest-modules", "-m", "not slow"]
LIMIT = 300  # seconds of one test; the slowest takes a tenth where nothing else runs

LONGEST = 1800  # seconds of all tests of a file

# area: {files: their tests under tests/, quick ones first}. {folder} is the file's;
# tests that are not there are passed over.
AREAS = {
    "bases": {
        "fbkit/basis/*.py": "unit/test_basis*.py unit/test_plane*.py"
        " unit/test_on_the_sphere.py",
        "fbkit/history.py": "unit/test_history*.py unit/test_edges.py"
        " unit/test_plotted_numbers.py",
        "fbkit/targets.py": "unit/test_targets*.py unit/test_edges.py",
        "fbkit/_errors.py": "unit/test_errors*.py unit/test_basis.py"
        " unit/test_targets.py",
        "fbkit/plot.py": "unit/test_plotted_numbers.py unit/test_plot.py",
    },
    "theory": {
        "fbkit/activations.py": "unit/test_activations*.py unit/test_gram.py",
        "fbkit/kernels/*.py": "unit/test_kernels*.py unit/test_gram.py"
        " unit/test_spectra.py",
        "fbkit/dynamics.py": "unit/test_dynamics*.py",
        "fbkit/interpolate.py": "unit/test_interpolate*.py unit/test_derivative.py",
        "fbkit/breaklines.py": "unit/test_edges.py unit/test_breaklines*.py",
        "fbkit/pde/*.py": "unit/test_edges.py unit/test_pde*.py",
    },
    "networks": {
        "fbkit/nets.py": "unit/test_nets*.py unit/test_kernels.py"
        " unit/test_training.py unit/test_ensemble.py",
        "fbkit/observe/*.py": "unit/test_observe*.py unit/test_empirical.py"
        " unit/test_derivative.py",
        "fbkit/training/*.py": "unit/test_edges.py unit/test_ensemble.py"
        " unit/test_training*.py",
        "fbkit/sweeping.py": "unit/test_sweeping*.py",
    },
    "front end": {
        "fbkit/explorers/static/*.js": "explorers/test_*numbers.py"
        " explorers/test_in_browser.py",
        "fbkit/explorers/*.py": "explorers/test_definition.py"
        " explorers/test_front_numbers.py explorers/test_explorers.py"
        " explorers/test_contributing.py",
    },
    "engines": {
        "fbkit/chapters/*/engine.js": "explorers/test_parity.py"
        " chapters/test_{folder}.py chapters/test_engine_numbers.py"
        " -k {folder}+engine_numbers",
        "fbkit/chapters/*/twin.py": "explorers/test_parity.py"
        " chapters/test_{folder}.py -k {folder}",
        "fbkit/chapters/*/explorer.py": "explorers/test_explorers.py"
        " explorers/test_parity.py chapters/test_{folder}.py -k {folder}",
    },
    "judges": {
        "labs/*/checks.py": "labs/test_answers_that_count.py labs/test_answers.py"
        " labs/test_checks.py -k {folder}+that_count",
        "labs/*/hidden.py": "labs/test_answers.py labs/test_checks.py -k {folder}",
        "fbkit/lab/*.py": "labs/test_answers_that_count.py labs/test_checks.py"
        " labs/test_runner.py labs/test_release.py",
    },
    "ledger and build": {
        "fbkit/ledger/*.py": "ledger/test_band.py ledger/test_numbers.py"
        " ledger/test_show.py ledger/test_key.py ledger/test_ledger.py",
        "book/_ext/build*.py": "site/test_build.py",
        "book/_ext/claim_numbers.py": "ledger/test_numbers.py",
        "book/_ext/course_map.py": "site/test_front_doors.py site/test_page_form.py",
        "book/_ext/course_routes.py": "site/test_front_doors.py",
        "book/_ext/downloads.py": "site/test_downloads.py site/test_build.py",
        "book/_ext/explorer_scripts.py": "site/test_explorer_scripts.py",
        "book/_ext/pictures.py": "site/test_pictures.py",
        "book/_ext/plain_text.py": "site/test_plain_text.py",
        "book/_ext/api_reference.py": "site/test_reference.py",
    },
}
# Tests of every door, the last ones for the library's areas.
DOORS = " unit/test_refusals.py unit/test_*doors*.py"
LIBRARY = ("bases", "theory", "networks")
# Outside functions stand a lab's questions and a picture's parts, of which others would
# be as good; so would another draw of what a lab asks.
FUNCTIONS_ONLY = ("labs/*.py", "fbkit/chapters/*/explorer.py")
DRAWN = re.compile(r"\brng\b|seed")


@dataclass(frozen=True)
class Mutant:
    """A change of a file, found again by its line before and after; of several alike
    it is the `nth`, counted from 0.
    """

    area: str
    file: str
    before: str
    after: str
    nth: int

    def __str__(self) -> str:
        which = f", number {self.nth + 1} of these" if self.nth else ""
        return f"{self.file}{which}\n    {self.before}\n    {self.after}"


@dataclass(frozen=True)
class Verdict:
    """What came of a mutant: "died", "timed out", "survived" or, where the test that is
    red is red without it too, "unsure"; and what saw it.
    """

    outcome: str
    seconds: float
    by: str


# ---- drawing -------------------------------------------------------------------------


def files_of(area: str) -> dict[str, str]:
    """{file: its tests}."""
    found = {}
    for pattern, tests in AREAS[area].items():
        for path in sorted(ROOT.glob(pattern)):
            more = DOORS if area in LIBRARY else ""
            found.setdefault(path.relative_to(ROOT).as_posix(), tests + more)
    return found


def mutants_of(area: str, file: str, text: str) -> dict[Mutant, Change]:
    seen, found = Counter(), {}
    suffix = Path(file).suffix
    bodies = any(fnmatch(file, pattern) for pattern in FUNCTIONS_ONLY)
    for one in changes(text, suffix, bodies=bodies):
        lines = one.lines(text)
        if file.startswith("labs/") and DRAWN.search(lines[0]):
            continue
        found[Mutant(area, file, *lines, nth=seen[lines])] = one
        seen[lines] += 1
    return found


def drawn(area: str, count: int, seed: str) -> list[Mutant]:
    """So many mutants of an area: files by their number of changes, then each kind of
    change as likely as another.
    """
    draw = random.Random(f"{seed} {area}")
    found = {}
    for file in files_of(area):
        text = (ROOT / file).read_text(encoding="utf-8")
        found[file] = mutants_of(area, file, text)
    sizes = [len(every) for every in found.values()]
    chosen = {}
    while len(chosen) < count:
        (file,) = draw.choices(list(found), sizes)
        every = found[file]
        kind = draw.choice(sorted({change.kind for change in every.values()}))
        alike = [mutant for mutant, change in every.items() if change.kind == kind]
        chosen[draw.choice(alike)] = True
    return list(chosen)


def sample(areas: list[str], count: int, seed: str) -> list[Mutant]:
    """The areas take turns, so that a run broken off has seen all of them."""
    shares = [len(range(i, count, len(areas))) for i in range(len(areas))]
    lists = [drawn(area, share, seed) for area, share in zip(areas, shares)]
    turns = range(max(shares, default=0))
    return [mutants[i] for i in turns for mutants in lists if i < len(mutants)]


# ---- running -------------------------------------------------------------------------


def command(file: str, tests: str) -> list[str]:
    """The file's own examples first, then its tests; `-k a+b` asks for a or b."""
    path = Path(file)
    patterns, _, names = tests.format(folder=path.parent.name).partition(" -k ")
    found = [p for one in patterns.split() for p in sorted(ROOT.glob(f"tests/{one}"))]
    paths = [p.relative_to(ROOT).as_posix() for p in dict.fromkeys(found)]
    if path.suffix == ".py" and ">>>" in (ROOT / path).read_text(encoding="utf-8"):
        paths.insert(0, file)
    chosen = ["-k", names.replace("+", " or ")] if names else []
    return [f"--timeout={LIMIT}", *paths, *chosen]


def run(words: list[str], tree: Path) -> tuple[int, str]:
    """Exit status and output of pytest in a tree."""
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(tree)}
    with tempfile.TemporaryFile("w+") as said:
        started = subprocess.Popen(
            [*PYTEST, *words],
            cwd=tree,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = started.wait(LONGEST)
        except subprocess.TimeoutExpired:  # not in a test, but before the first
            return 1, f"Timeout > {LONGEST} s"
        finally:
            with contextlib.suppress(ProcessLookupError):  # all that it started
                os.killpg(started.pid, signal.SIGKILL)
        said.seek(0)
        return code, said.read()


class Clean:
    """Whether a test is green on the code as it is, asked once."""

    def __init__(self, path: Path):
        self.path = path
        self.known = {one["test"]: one["green"] for one in read(path)}

    def __call__(self, words: list[str], tree: Path) -> bool:
        test = " ".join(words)
        if test not in self.known:
            self.known[test] = run(words, tree)[0] == 0
            append(self.path, {"test": test, "green": self.known[test]})
        return self.known[test]


def verdict(mutant: Mutant, tree: Path, clean: Clean) -> Verdict:
    """A test that is red with the change and green without it sees the change."""
    words = command(mutant.file, files_of(mutant.area)[mutant.file])
    path = tree / mutant.file
    text = path.read_text(encoding="utf-8")
    change = mutants_of(mutant.area, mutant.file, text)[mutant]
    began = time.monotonic()
    try:
        path.write_text(change.applied(text), encoding="utf-8")
        code, said = run(words, tree)
    finally:
        path.write_text(text, encoding="utf-8")
    seconds = round(time.monotonic() - began, 1)
    if code == 0:
        return Verdict("survived", seconds, "")
    lines = [one for one in said.split("\n") if one.startswith(("FAILED", "ERROR"))]
    red = lines[0].split(" - ")[0].split(" ", 1)[1] if lines else ""
    if not clean([red] if red else ["--collect-only", *words], tree):
        return Verdict("unsure", seconds, red)
    return Verdict("timed out" if "Timeout >" in said else "died", seconds, red)


def read(path: Path) -> list[dict]:
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]


def append(path: Path, entry: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def git(*words: str) -> str:
    command = ["git", *words]
    return subprocess.check_output(command, cwd=ROOT, encoding="utf-8").strip()


def run_all(mutants: list[Mutant], state: Path, workers: int) -> dict[Mutant, Verdict]:
    """The verdicts, those of an earlier run among them; each is written as it comes."""
    known = {}
    for entry in read(state):
        one = entry.pop("verdict")
        known[Mutant(**entry)] = Verdict(**one)
    clean = Clean(STATE / f"clean-{git('rev-parse', 'HEAD')[:12]}.jsonl")
    left = [mutant for mutant in mutants if mutant not in known]
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    trees = SimpleQueue()
    for i in range(min(workers, len(left))):
        git("worktree", "add", "--detach", "--quiet", str(folder / str(i)), "HEAD")
        trees.put(folder / str(i))

    def judge(mutant: Mutant) -> None:
        tree = trees.get()
        try:
            known[mutant] = one = verdict(mutant, tree, clean)
        finally:
            trees.put(tree)
        if one.outcome != "unsure":  # else it is asked again
            append(state, {**asdict(mutant), "verdict": asdict(one)})
        place = f"{sum(m in known for m in mutants)} of {len(mutants)}"
        print(f"{place}, {one.outcome} in {one.seconds:.0f} s: {mutant}", flush=True)
        if one.by:
            print(f"    {one.by}", flush=True)

    try:
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(judge, mutant) for mutant in left]:
                try:
                    done.result()
                except BaseException:
                    pool.shutdown(cancel_futures=True)
                    raise
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.")
    finally:
        shutil.rmtree(folder)
        git("worktree", "prune")
    return {mutant: known[mutant] for mutant in mutants if mutant in known}


# ---- reporting -----------------------------------------------------------------------


def equivalents() -> set[tuple[str, str, str]]:
    """(file, line before, line after) of those that change nothing."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    return {(one["file"], one["before"], one["after"]) for one in entries}


def report(verdicts: dict[Mutant, Verdict]) -> str:
    """The survivors, and a table by area."""
    same = equivalents()
    counts, survivors = {}, []
    for mutant, one in verdicts.items():
        outcome = one.outcome
        if outcome == "survived":
            if (mutant.file, mutant.before, mutant.after) in same:
                outcome = "equivalent"
            else:
                survivors.append(f"\nsurvived: {mutant}")
        counts.setdefault(mutant.area, Counter())[outcome] += 1
    counts["all"] = sum(counts.values(), Counter())
    columns = ["died", "timed out", "survived", "equivalent", "unsure"]
    rows = [f"\n{'area':<18}" + "".join(f"{name:>12}" for name in columns) + "  killed"]
    for area, count in counts.items():
        killed = count["died"] + count["timed out"]
        share = 100 * killed / max(1, killed + count["survived"])
        cells = "".join(f"{count[name]:>12}" for name in columns)
        rows.append(f"{area:<18}{cells}{share:>7.0f}%")
    return "\n".join([*survivors, *rows])


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--area", action="append", choices=list(AREAS))
    parser.add_argument("--seed", default=git("rev-parse", "HEAD")[:12])
    parser.add_argument("-j", type=int, default=1, help="how many at once")
    parser.add_argument("--list", action="store_true", help="draw, and run nothing")
    parser.add_argument(
        "--again",
        metavar="SEED",
        help="run the survivors of that seed's draw again, on the last commit",
    )
    asked = parser.parse_args()
    # Either way the mutant at hand comes to its end first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if git("status", "--porcelain", "--untracked-files=no"):
        raise SystemExit("Mutants are of the last commit: commit first.")
    if asked.again:
        former = [one for path in STATE.glob(f"{asked.again}*") for one in read(path)]
        survived = [e for e in former if e.pop("verdict")["outcome"] == "survived"]
        mutants = [Mutant(**entry) for entry in survived]
        state = STATE / f"again-{asked.seed}-{asked.again}.jsonl"
    else:
        mutants = sample(asked.area or list(AREAS), asked.count, asked.seed)
        state = STATE / f"{asked.seed}.jsonl"
    if asked.list:
        print(*mutants, sep="\n")
    else:
        print(report(run_all(mutants, state, asked.j)))


if __name__ == "__main__":
    main()
