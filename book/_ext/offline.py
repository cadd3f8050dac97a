"""The built site as one file to take along: `make offline`.

Unpacked, it opens without a server: index.html, by a double click.
"""

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What only a server or a search engine reads.
UNUSED = {"404.html", "robots.txt", "sitemap.xml", "objects.inv"}


def pack(site: Path, goal: Path, folder: str) -> Path:
    """A zip of a built site, all in one folder of that name."""
    goal.parent.mkdir(parents=True, exist_ok=True)
    beside = goal.with_suffix(".part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(site.rglob("*")):
            name = path.relative_to(site)
            if path.is_file() and str(name) not in UNUSED:
                packed.write(path, Path(folder) / name)
    # Whole or not at all.
    return beside.replace(goal)


def main() -> int:
    site = ROOT / "_build" / "html"
    if not (site / "index.html").exists():
        print("The site is not built: run `make book` first.")
        return 1
    name = "what-a-network-learns-first"
    goal = pack(site, ROOT / "_build" / f"{name}.zip", name)
    size = goal.stat().st_size / 1e6
    print(f"{goal} ({size:.0f} MB): unpack it and open index.html.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
