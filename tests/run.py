"""Everything that must hold, stage by stage.

`make test` runs all stages, `python tests/run.py STAGE...` some of them.
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
# Few files, some of them long: a worker that is done takes over from the other.
BY_TEST = ["-n", "2", "--dist", "worksteal"]
# A page's tests together (tests/browser/conftest.py), in the order of the files.
BY_PAGE = ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"]

# name: (budget in seconds, command)
TOLD = ["api_reference", "build_log", "build_state", "course_map", "course_routes"]
TOLD += ["page_cells", "pictures", "plain_text"]
DOCTESTS = ["--doctest-modules", "fbkit", "tests/page_form.py", "tests/mutations.py"]
DOCTESTS += [f"book/_ext/{name}.py" for name in TOLD]
UNITS = ["tests/unit", "tests/chapters", "tests/explorers", "tests/ledger"]
STAGES = {
    "style": (10, [sys.executable, "-m", "ruff", "check", "."]),
    "layout": (10, [sys.executable, "-m", "ruff", "format", "--check", "."]),
    "claims": (240, [sys.executable, "-m", "fbkit.ledger"]),
    "units": (360, [*PYTEST, *PARALLEL, *DOCTESTS, "-m", "not slow", *UNITS]),
    "notebooks": (400, [*PYTEST, *PARALLEL, "--nbval-lax", "book", "labs"]),
    "site": (300, [sys.executable, "book/_ext/build.py"]),
    "pages": (150, [*PYTEST, *BY_TEST, "-m", "not slow", "tests/site"]),
    "browser": (540, [*PYTEST, *BY_PAGE, "tests/browser"]),
    "lab": (180, [*PYTEST, *PARALLEL, "-m", "not slow", "tests/labs"]),
    "breakage": (120, [*PYTEST, "tests/breakage"]),
}
# `make test-slow`; the spot check measures 12 claims on new seeds and redoes one
# seed of one record, chosen by the commit.
SLOW = {
    "slow": (600, [*PYTEST, *PARALLEL, "-m", "slow", *UNITS]),
    "killed": (600, [*PYTEST, *PARALLEL, "-m", "slow", "tests/site", "tests/labs"]),
    "spot check": (300, [sys.executable, "-m", "fbkit.ledger", "spot-check"]),
}


def git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    return done.stdout


def changed_notebooks() -> list[str]:
    """Notebooks that differ from the last commit, untracked ones included."""
    notebooks = ["--", "*.ipynb"]
    changed = git("diff", "--name-only", "--diff-filter=d", "HEAD", *notebooks)
    new = git("ls-files", "--others", "--exclude-standard", *notebooks)
    return sorted({*changed.split(), *new.split()})


def run(command: list[str]) -> bool:
    environment = dict(os.environ, OMP_NUM_THREADS="1", PYTHONUNBUFFERED="1")
    return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0


def stages(chosen: list[str]) -> dict[str, tuple[int, list[str]]]:
    """All stages by name; those that depend on the repository are filled in."""
    known = STAGES | SLOW
    if "changed" in chosen:
        # The quick checks ask for it; `make test` runs every notebook.
        command = [*PYTEST, *PARALLEL, "--nbval-lax", *changed_notebooks()]
        known["changed"] = (90, command)
    if "spot check" in chosen:
        budget, command = known["spot check"]
        head = git("rev-parse", "HEAD").strip()
        known["spot check"] = (budget, [*command, head])
    return known


def report(rows: list[tuple[str, int, float, bool]]) -> None:
    """A table of (stage, budget, seconds taken, whether it passed)."""
    print(f"\n{'stage':<12}{'budget s':>10}{'took s':>10}  result")
    for name, budget, took, ok in rows:
        result = "passed" if ok else "FAILED"
        late = ", over budget" if took > budget else ""
        print(f"{name:<12}{budget:>10}{took:>10.0f}  {result}{late}")
    budgets = sum(row[1] for row in rows)
    taken = sum(row[2] for row in rows)
    print(f"{'all':<12}{budgets:>10}{taken:>10.0f}")


def main(chosen: list[str]) -> int:
    if "changed" in chosen and not changed_notebooks():
        print("No notebook differs from the last commit.")
        chosen = [name for name in chosen if name != "changed"]
        if not chosen:
            return 0
    chosen = chosen or list(STAGES)
    known = stages(chosen)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        print(f"No stage {unknown[0]!r}: choose among {', '.join(known)}.")
        return 2
    rows = []
    for number, name in enumerate(chosen, start=1):
        budget, command = known[name]
        place = f"{number} of {len(chosen)}, budget {budget} s"
        print(f"\n== {name} ({place}) ==", flush=True)
        start = time.monotonic()
        ok = run(command)
        rows.append((name, budget, time.monotonic() - start, ok))
    report(rows)
    failed = sum(not ok for *_, ok in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
