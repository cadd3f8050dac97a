"""The claim that CONTRIBUTING.md shows is a right one: entered, calibrated, shown."""

import re
from pathlib import Path

import fbkit as fb
from fbkit import ledger
from fbkit.ledger import entries, running

GUIDE = Path(__file__).parents[2] / "CONTRIBUTING.md"


def test_the_claim_in_the_guide_holds(tmp_path, monkeypatch):
    section = GUIDE.read_text(encoding="utf-8").split("## A claim\n")[1]
    example = re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]
    (tmp_path / "_toc.yml").touch()
    (tmp_path / "guide_claims.py").write_text(example, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(entries, "_CLAIMS", {})
    monkeypatch.setattr(entries, "chapter_modules", lambda name: {})
    import guide_claims  # noqa: F401

    running.calibrate(["one-over-three"], lambda line: None, jobs=1)
    assert fb.claim("one-over-three").ok
    assert (tmp_path / "calibrations" / "one-over-three.json").is_file()
    assert ledger.registry()["one-over-three"].calibrated
