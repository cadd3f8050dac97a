"""`python -m fbkit.ledger` makes the ledger; `recompute ID` redoes a record;
`spot-check HASH` redoes one seed.
"""

import argparse
import sys
from dataclasses import replace

import numpy as np

from fbkit.ledger import registry, update


def main():
    parser = argparse.ArgumentParser(prog="python -m fbkit.ledger", description=__doc__)
    parser.add_argument(
        "action",
        nargs="?",
        default="update",
        choices=["update", "recompute", "spot-check"],
    )
    parser.add_argument(
        "which",
        nargs="?",
        default="",
        help="a claim's id, or a commit's hash for spot-check",
    )
    arguments = parser.parse_args()
    recorded = [c for c in registry().values() if c.kind == "recorded"]
    if arguments.action == "update":
        failed = [r for r in update() if not r.ok]
        for r in failed:
            print(r, file=sys.stderr)
        return bool(failed)
    if arguments.action == "recompute":
        chosen = next((c for c in recorded if c.id == arguments.which), None)
        if chosen is None:
            sys.exit(
                f"{arguments.which!r} is not a recorded claim; expected one of"
                f" {', '.join(c.id for c in recorded)}."
            )
        print(chosen.recompute())
        return 0
    if not recorded:
        print("no recorded claim to spot-check")
        return 0
    number = int(arguments.which or "0", 16)
    chosen = recorded[number % len(recorded)]
    row = number // len(recorded) % len(chosen.seeds)
    again = np.atleast_1d(chosen.function(chosen.seeds[row])).astype(float)
    stored = chosen.measure()[row]
    print(f"{chosen.id}, seed {chosen.seeds[row]}: stored {stored}, now {again}")
    # Another machine rounds otherwise, and long runs amplify it: the difference is held
    # to the tolerance too.
    return not (chosen.holds(again) and replace(chosen, expected=stored).holds(again))


if __name__ == "__main__":
    sys.exit(main())
