"""The browser that tests and the bench drive."""

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MISSING = (
    "browser tests need Chromium: install it (Debian: apt-get install chromium) or name"
    " it in FBKIT_CHROMIUM"
)


def chromium() -> str | None:
    """The browser that FBKIT_CHROMIUM names, or the first one found on the machine."""
    named = os.environ.get("FBKIT_CHROMIUM")
    if named:
        return named
    found = [path for name in NAMES if (path := shutil.which(name))]
    return found[0] if found else None
