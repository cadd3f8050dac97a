"""The documents beside the code: examples, links, and the length of guides."""

import re

import numpy as np
import pytest
import yaml

from tests.course import ROOT

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "DATA.md", "CHANGELOG.md"]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_readmes_ten_lines_run():
    example = re.search(r"```python\n(.*?)```", text("README.md"), re.S).group(1)
    assert len([line for line in example.splitlines() if line.strip()]) <= 10
    names = {}
    exec(example, names)
    times = names["times"]
    assert np.isfinite(times).all() and (np.diff(times) > 0).all()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_to_files_lead_somewhere(name):
    for link in re.findall(r"\]\(([^)#]+)", text(name)):
        assert link.startswith("https://") or (ROOT / link).exists(), link


def test_every_make_target_named_exists():
    targets = set(re.findall(r"(?m)^([a-z-]+):", text("Makefile")))
    whole = "\n".join(text(name) for name in DOCUMENTS)
    named = set(re.findall(r"(?m)(?:`|^)make ([a-z-]+)", whole))
    assert "book" in named and named <= targets


@pytest.mark.parametrize("guide", ["A chapter", "An explorer", "A claim", "A lab"])
def test_each_guide_fits_a_page(guide):
    section = rf"## {guide}\n(.*?)(?=\n## |\Z)"
    guide = re.search(section, text("CONTRIBUTING.md"), re.S).group(1)
    prose = re.sub(r"```.*?```", "", guide, flags=re.S)  # code is copied, not read
    assert 50 < len(prose.split()) < 400


def test_one_name_and_version_everywhere():
    import fbkit

    citation = yaml.safe_load(text("CITATION.cff"))
    assert citation["version"] == fbkit.__version__
    assert f"## {fbkit.__version__}" in text("CHANGELOG.md")
    assert citation["authors"] == [{"name": "the fbkit authors"}]
    assert "Copyright (c) 2026, the fbkit authors" in text("LICENSE")


def test_what_is_vendored_has_its_licence_beside_it():
    assert len(text("book/static/mathjax/LICENSE")) > 500
    assert len(text("fbkit/explorers/static/vendor/uPlot.LICENSE")) > 500


@pytest.mark.parametrize(
    "name",
    ["bell.wav", "uPlot", "MathJax", "china.jpg", "flower.jpg", "digits", "ecg()"],
)
def test_what_comes_from_others_is_named(name):
    assert name in text("DATA.md")


def test_the_picture_is_small():
    assert (ROOT / "book/static/explorer.png").stat().st_size < 150_000
