"""Everything that must hold, stage by stage: `make test`, or `python tests/run.py
STAGE...` for some of the stages.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTEST = [sys.executable, "-m", "pytest", "--durations=3"]
# Two workers, a file's tests together: the machines this runs on have two cores.
PARALLEL = ["-n", "2", "--dist", "loadfile"]
# A page's tests together (tests/browser/conftest.py), in the order of the files.
BY_PAGE = ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"]

# name: (budget in seconds, command)
DOCTESTS = ["--doctest-modules", "fbkit", "book/_ext/api_reference.py"]
UNITS = ["tests/unit", "tests/chapters", "tests/explorers", "tests/ledger"]
STAGES = {
    "style": (10, [sys.executable, "-m", "ruff", "check", "."]),
    "claims": (240, [sys.executable, "-m", "fbkit.ledger"]),
    "units": (360, [*PYTEST, *PARALLEL, *DOCTESTS, "-m", "not slow", *UNITS]),
    "notebooks": (400, [*PYTEST, *PARALLEL, "--nbval-lax", "book", "labs"]),
    "site": (480, [sys.executable, "book/_ext/build.py"]),
    "pages": (60, [*PYTEST, "tests/site"]),
    "browser": (360, [*PYTEST, *BY_PAGE, "tests/browser"]),
    "lab": (180, [*PYTEST, *PARALLEL, "tests/labs"]),
    "breakage": (120, [*PYTEST, "tests/breakage"]),
}
# `make test-slow`; the spot check redoes one seed of one recorded claim, chosen by the
# commit.
SLOW = {
    "slow": (600, [*PYTEST, *PARALLEL, "-m", "slow", *UNITS]),
    "spot check": (300, [sys.executable, "-m", "fbkit.ledger", "spot-check"]),
}


def changed_notebooks() -> list[str]:
    """Notebooks that differ from the last commit, untracked ones included."""
    listings = [
        "diff --name-only --diff-filter=d HEAD",
        "ls-files --others --exclude-standard",
    ]
    found = [
        subprocess.run(
            ["git", *one.split(), "--", "*.ipynb"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        ).stdout.split()
        for one in listings
    ]
    return sorted(set(sum(found, [])))


def run(command: list[str]) -> bool:
    environment = dict(os.environ, OMP_NUM_THREADS="1", PYTHONUNBUFFERED="1")
    return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0


def main(chosen: list[str]) -> int:
    if (
        "changed" in chosen
    ):  # the quick checks ask for it; `make test` runs every notebook
        notebooks = changed_notebooks()
        STAGES["changed"] = (90, [*PYTEST, *PARALLEL, "--nbval-lax", *notebooks])
        if not notebooks:
            print("No notebook differs from the last commit.")
            chosen = [name for name in chosen if name != "changed"]
    if "spot check" in chosen:
        head = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip()
        SLOW["spot check"][1].append(head)
    chosen, known, rows, passed = chosen or list(STAGES), STAGES | SLOW, [], 0
    unknown = [name for name in chosen if name not in known]
    if unknown:
        print(f"No stage {unknown[0]!r}: choose among {', '.join(known)}.")
        return 2
    for number, name in enumerate(chosen, start=1):
        budget, command = known[name]
        print(
            f"\n== {name} ({number} of {len(chosen)}, budget {budget} s) ==", flush=True
        )
        start = time.monotonic()
        ok = run(command)
        passed += ok
        rows.append((name, budget, time.monotonic() - start, ok))
    print(f"\n{'stage':<12}{'budget s':>10}{'took s':>10}  result")
    for name, budget, took, ok in rows:
        result = ("passed" if ok else "FAILED") + (
            ", over budget" if took > budget else ""
        )
        print(f"{name:<12}{budget:>10}{took:>10.0f}  {result}")
    print(
        f"{'all':<12}{sum(row[1] for row in rows):>10}{sum(row[2] for row in rows):>10.0f}"
    )
    print(f"{passed} passed, {len(rows) - passed} failed")
    return 0 if passed == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
