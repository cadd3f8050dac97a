"""The built site as readers meet it: `make bench-site`, one line a page.

Kilobytes as sent (compressed), of a first visit and of the next page; how much a page
jumps while it loads, in two windows; where its explorer stands and how high it is; the
height on a phone; and when the explorer could be used, over when the formulas in view
were set. Nothing here is asserted; tests/browser/test_shell.py holds the limits.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser.measuring import served, visit  # noqa: E402
from tests.chromium import FLAGS, MISSING, chromium  # noqa: E402
from tests.course import HTML, pages  # noqa: E402

COLUMNS = {
    "first kB": "{:.0f}",
    "next kB": "{:.0f}",
    "jumps": "{:.3f}",
    "phone": "{:.3f}",
    "place": "{}",
    "height": "{}",
    "phone px": "{}",
    "ready": "{:.2f}",
}


def row(browser, site: str, page: str) -> dict:
    """The figures of a page, by column."""
    address, home = f"{site}/{page}.html", f"{site}/{pages()[0]}.html"
    wide = visit(browser, address, 1280)
    narrow = visit(browser, address, 390)
    other = home if page != pages()[0] else f"{site}/{pages()[1]}.html"
    after = visit(browser, address, 1280, before=other)
    early = wide["explorer"] and wide["explorer"] / wide["formulas"]
    return {
        "first kB": max(wide["bytes"], narrow["bytes"]) / 1000,
        "next kB": after["bytes"] / 1000,
        "jumps": wide["jumps"],
        "phone": narrow["jumps"],
        "place": wide["place"],
        "height": wide["height"],
        "phone px": narrow["tall"],
        "ready": early,
    }


def cells(figures: dict) -> str:
    texts = []
    for name, form in COLUMNS.items():
        value = figures[name]
        text = "" if value is None else form.format(value)
        texts.append(f"{text:>10}")
    return "".join(texts)


def main() -> int:
    if not (HTML / "index.html").exists():
        print("The site is not built: run `make book` first.")
        return 1
    if chromium() is None:
        print(MISSING)
        return 1
    from playwright.sync_api import sync_playwright

    print(f"{'page':44}" + "".join(f"{name:>10}" for name in COLUMNS))
    with sync_playwright() as playwright, served(HTML) as site:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for page in pages():
            print(f"{page[-44:]:44}" + cells(row(browser, site, page)), flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
