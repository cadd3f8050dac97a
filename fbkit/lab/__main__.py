"""`python -m fbkit.lab release LAB` writes a lab's zip, `python -m fbkit.lab page
[LAB]` its page of the site.
"""

import argparse
import sys
import time
from pathlib import Path

from fbkit.lab.release import page, release

ROOT = Path(__file__).resolve().parents[2]


def main(arguments=None):
    """Run one command; returns 0, or 2 after one sentence for each thing that is wrong."""
    parser = argparse.ArgumentParser(prog="python -m fbkit.lab", description=__doc__)
    parser.add_argument("command", choices=["release", "page"])
    parser.add_argument("lab", nargs="?", help="a folder of labs/; default all of them")
    given = parser.parse_args(arguments)
    labs = sorted(path.parent.name for path in ROOT.glob("labs/*/checks.py"))
    if not labs:
        print(
            f"There are no labs in {ROOT / 'labs'}: run this in a clone of the course."
        )
        return 2
    if given.lab is not None and given.lab not in labs:
        print(f"There is no lab {given.lab!r}; the labs are {', '.join(labs)}.")
        return 2
    for lab in [given.lab] if given.lab else labs:
        start = time.monotonic()
        try:
            path = {"release": release, "page": page}[given.command](
                ROOT / "labs" / lab, ROOT
            )
        except (ValueError, OSError) as error:
            print(error)
            return 2
        print(
            f"{path.relative_to(ROOT)} ({time.monotonic() - start:.0f} s)", flush=True
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
