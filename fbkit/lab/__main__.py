"""The labs' commands, for a teacher in a clone of the course.

`python -m fbkit.lab release LAB` writes a lab's zip, `python -m fbkit.lab page [LAB]`
its page of the site.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from fbkit.lab.release import page, release

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {"release": release, "page": page}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 after one sentence for each thing that is wrong."""
    parser = argparse.ArgumentParser(prog="python -m fbkit.lab", description=__doc__)
    parser.add_argument("command", choices=list(COMMANDS))
    parser.add_argument("lab", nargs="?", help="a folder of labs/; default all of them")
    given = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="backslashreplace")  # the screen may lack a letter
    labs = sorted(path.parent.name for path in ROOT.glob("labs/*/checks.py"))
    if not labs:
        place = ROOT / "labs"
        print(f"There are no labs in {place}: run this in a clone of the course.")
        return 2
    if given.lab is not None and given.lab not in labs:
        print(f"There is no lab {given.lab!r}; the labs are {', '.join(labs)}.")
        return 2
    for lab in [given.lab] if given.lab else labs:
        start = time.monotonic()
        try:
            path = COMMANDS[given.command](ROOT / "labs" / lab, ROOT)
        except (ValueError, OSError) as error:
            print(error)
            return 2
        seconds = time.monotonic() - start
        print(f"{path.relative_to(ROOT)} ({seconds:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
