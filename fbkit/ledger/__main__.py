"""`python -m fbkit.ledger` measures the claims for the build; the other actions are
those of the Makefile.
"""

import argparse
import sys

import numpy as np

from fbkit.ledger import running
from fbkit.ledger.entries import Claim, registry

ACTIONS = ["update", "recompute", "calibrate", "restamp", "spot-check"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fbkit.ledger", description=__doc__)
    parser.add_argument("action", nargs="?", default="update", choices=ACTIONS)
    parser.add_argument(
        "which",
        nargs="*",
        help="a claim's id (several for calibrate, none for all that lack it),"
        " or a commit's hash for spot-check",
    )
    given = parser.parse_args()
    try:
        return act(given.action, given.which)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
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
        print(f"claim {id} FAILS: {claims[id].says}", file=sys.stderr)
    return int(bool(failed))


def _holds(claim: Claim, values: np.ndarray | None) -> bool:
    return values is not None and claim.holds(values) and not claim.refusal()


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
