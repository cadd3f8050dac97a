"""The pages' pictures, which one build keeps for the next."""

import sys
from types import SimpleNamespace

import pytest

from tests.course import ROOT

DRAWN = "<svg/>"


@pytest.fixture
def pictures(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    monkeypatch.delitem(sys.modules, "pictures", raising=False)
    import pictures

    return pictures


def test_a_picture_of_a_build_that_was_killed_is_drawn_again(
    pictures, tmp_path, monkeypatch
):
    app = SimpleNamespace(srcdir=tmp_path, outdir=tmp_path / "html")

    def killed(svg, size, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    def whole(svg, size, path):
        path.write_bytes(b"whole")

    monkeypatch.setattr(pictures, "render", killed)
    with pytest.raises(KeyboardInterrupt):
        pictures.write(app, "a.png", DRAWN, (1, 1))
    monkeypatch.setattr(pictures, "render", whole)
    pictures.write(app, "a.png", DRAWN, (1, 1))
    assert (tmp_path / "html" / "a.png").read_bytes() == b"whole"
