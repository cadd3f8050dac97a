"""A bar for what takes longer than a second."""

from __future__ import annotations

import importlib.util
import os
import types


def progress_bar(total: int, unit: str, progress: bool) -> object:
    """Something with `update()` and `close()`: a bar, or nothing to see.

    There is nothing to see where none is wanted, on the site, and without tqdm.

    >>> bar = progress_bar(10, "step", progress=False)
    >>> bar.update(), bar.close()
    (None, None)
    """
    on_site = bool(os.environ.get("FBKIT_SITE"))
    if not progress or on_site or not importlib.util.find_spec("tqdm"):
        return types.SimpleNamespace(update=lambda: None, close=lambda: None)
    from tqdm import tqdm

    return tqdm(total=total, delay=1.0, leave=False, unit=unit)
