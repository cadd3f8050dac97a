"""`python -m fbkit.ledger` measures the claims for the build; `numbers` lists those in
the text of the pages, and with --write puts right what differs from the ledger; the
other actions are those of the Makefile.
"""

import argparse
import sys
from concurrent.futures import BrokenExecutor
from pathlib import Path

import numpy as np

from fbkit.ledger import numbers, running
from fbkit.ledger.entries import Claim, registry
from fbkit.ledger.stored import build_file

ACTIONS = ["update", "recompute", "calibrate", "restamp", "spot-check", "numbers"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fbkit.ledger", description=__doc__)
    parser.add_argument("action", nargs="?", default="update", choices=ACTIONS)
    parser.add_argument(
        "which",
        nargs="*",
        help="a claim's id (several for calibrate, none for all that lack it),"
        " a commit's hash for spot-check, or files for numbers (none for all pages)",
    )
    parser.add_argument("--write", action="store_true", help="for numbers")
    given = parser.parse_args()
    # The screen may lack a letter, such as the true minus.
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        if given.action == "numbers":
            return in_text(given.which or pages(), given.write)
        return act(given.action, given.which)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenExecutor:
        sentence = "A process was killed, for want of memory perhaps"
        print(f"{sentence}: what was measured is kept.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted: what was measured is kept.", file=sys.stderr)
        return 130


def act(action: str, which: list[str]) -> int:
    """Do one action; 0 where all is well, as a process returns it."""
    if action == "recompute":
        running.recompute(which[0] if which else "", say)
        return 0
    if action == "calibrate":
        running.calibrate(which or running.not_calibrated(), say)
        return 0
    if action == "restamp":
        wrong = running.restamp(say)
        print("\n".join(wrong), file=sys.stderr)
        return int(bool(wrong))
    if action == "spot-check":
        return int(not running.spot_check(which[0] if which else "", say))
    values = running.update(say)
    claims = registry()
    failed = [id for id, one in claims.items() if not _holds(one, values.get(id))]
    print(f"{len(claims) - len(failed)} of {len(claims)} claims hold.")
    for id in failed:
        print(f"claim {id} FAILS: {_says(claims[id])}", file=sys.stderr)
    return int(bool(failed))


def pages() -> list[Path]:
    """Sources of the pages of the course around the working directory."""
    build = build_file()
    book = build.parents[1] / "book" if build else Path.cwd()
    return sorted([*book.glob("*.ipynb"), *book.glob("*.md")])


def in_text(paths: list[str | Path], write: bool) -> int:
    """List the numbers of claims in the text, or put them right; 1 if some differ."""
    left = 0
    for path in map(Path, paths):
        if write and (count := numbers.rewrite(path)):
            say(f"{path}: {count} put right.")
        for _, place in numbers.find(path):
            say(str(place))
            left += bool(place.wrong)
    say(f"{left} numbers of claims are not what the ledger says.")
    return int(bool(left))


def _holds(claim: Claim, values: np.ndarray | None) -> bool:
    return values is not None and claim.holds(values) and not claim.refusal()


def _says(claim: Claim) -> str:
    """The claim's sentence, without its numbers where theory raises an error."""
    try:
        return claim.says
    except Exception:
        return claim.template


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
