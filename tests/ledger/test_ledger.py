"""Every claim holds, and the ledger cannot pass one that does not."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

import fbkit as fb
from fbkit import ledger as claims
from fbkit.ledger.__main__ import main

REGISTRY = claims.registry()
RECORDED = [c for c in REGISTRY.values() if c.kind == "recorded"]
CALLS = []


def ten_and_the_seed(seed):
    CALLS.append(seed)
    return 10.0 + seed


ONE = claims.Claim(
    "one",
    "derived here",
    "Ten and the seed.",
    11.0,
    1.0,
    "",
    "live",
    (0, 1, 2),
    ten_and_the_seed,
)


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    """Makes an empty course whose ledger holds one claim, changed as asked; `CALLS`
    lists the seeds measured.
    """

    def make(**changes):
        CALLS.clear()
        one = dataclasses.replace(ONE, **changes)
        monkeypatch.setattr(claims, "_CLAIMS", {"one": one})
        return one

    (tmp_path / "_toc.yml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(claims, "chapter_modules", lambda name: {})
    monkeypatch.setattr(
        claims.Claim, "_file", property(lambda self: tmp_path / f"{self.id}.json")
    )
    make()
    return make


def stored():
    return json.loads(Path("_build/claims.json").read_text())


@pytest.mark.parametrize("id", REGISTRY)
def test_every_claim_holds(id):
    shown = fb.claim(
        id
    )  # from _build/claims.json where that still fits, measured now otherwise
    assert shown.ok and np.isfinite(shown.measured[np.isfinite(shown.measured)]).any()


@pytest.mark.parametrize("id", REGISTRY)
def test_every_claim_is_complete(id):
    c = REGISTRY[id]
    assert id == id.lower() and " " not in id
    assert c.statement.endswith(".") and len(c.statement) > 30
    assert (
        "arXiv" in c.source
        or "derived here" in c.source
        or "for this course" in c.source
    )
    assert c.seeds in [
        (0, 1, 2),
        (0,),
    ], "three fixed seeds, or one where nothing is drawn"
    expected, tolerance = (
        np.asarray(c.expected, dtype=float),
        np.asarray(c.tolerance, dtype=float),
    )
    assert (
        np.all(tolerance >= 0)
        and np.all(np.isfinite(tolerance))
        and not np.isnan(expected).any()
    )
    entry = claims.Result(
        c, np.broadcast_to(expected, (len(c.seeds), *np.atleast_1d(expected).shape))
    ).entry()
    assert {
        "id",
        "source",
        "statement",
        "expected",
        "tolerance",
        "measured",
        "ok",
        "kind",
        "key",
    } <= entry.keys()
    json.dumps(entry, allow_nan=False)  # any JSON reader takes it


@pytest.mark.parametrize("claim", RECORDED, ids=lambda c: c.id)
def test_every_record_says_how_it_was_made(claim):
    record = claim.read()
    assert (
        record["seeds"] == list(claim.seeds)
        and record["seconds"] > 0
        and len(record["date"]) == 10
    )
    assert len(record["values"]) == len(claim.seeds)


def test_the_order_of_1_3_5_holds_on_every_seed():
    """The statement of the chapter itself, whatever the tolerances are."""
    for id in (i for i in REGISTRY if i.startswith("order-")):
        times = claims.result(id).measured
        assert times.shape == (3, 3)
        assert np.all(times[:, 0] < times[:, 1]) and np.all(
            times[:, 1] < times[:, 2]
        ), id


def test_a_claim_within_its_tolerance_is_shown(ledger):
    shown = fb.claim("one")
    assert shown.ok and CALLS == [0, 1, 2]
    assert "Claim one holds" in repr(shown) and "10, 11, 12" in repr(shown)
    assert 'id="claim-one"' in shown._repr_html_() and "✓" in shown._repr_html_()


@pytest.mark.parametrize(
    "changes",
    [
        {"tolerance": 0.9},
        {"expected": 20.0},
        {"expected": np.inf},
        {"expected": np.nan},
        {"tolerance": np.nan},
    ],
    ids=str,
)
def test_a_claim_outside_its_tolerance_stops_the_notebook(ledger, changes):
    ledger(**changes)
    with pytest.raises(AssertionError, match="Claim one FAILS: Ten and the seed"):
        fb.claim("one")
    assert "✗" in claims.result("one")._repr_html_()


def test_a_changed_tolerance_turns_a_stored_ledger_red(ledger, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["fbkit.ledger"])
    assert main() == 0 and stored()[0]["ok"] is True
    ledger(tolerance=0.5)
    assert main() == 1 and stored()[0]["ok"] is False
    assert CALLS == [], "the figures are the same, so nothing is measured again"
    assert "FAIL one" in capsys.readouterr().out


@pytest.mark.parametrize("measured", [np.nan, [np.nan, 11.0], np.inf, -np.inf])
def test_nan_and_infinity_never_hold(measured):
    assert not ONE.holds(measured)
    assert not dataclasses.replace(ONE, tolerance=np.inf).holds(np.nan)


def test_infinity_stands_for_never():
    never = dataclasses.replace(ONE, expected=(1.0, np.inf), tolerance=(1.0, 0.0))
    assert never.holds([1.5, np.inf])
    assert (
        not never.holds([1.5, 1e300])
        and not never.holds([1.5, -np.inf])
        and not never.holds([1.5, np.nan])
    )


def test_measured_once(ledger):
    says = []
    claims.update(says.append)
    assert CALLS == [0, 1, 2] and "kept" not in says[0]
    claims.update(says.append)
    fb.claim("one")
    fb.claims_table()
    assert CALLS == [0, 1, 2] and "kept" in says[1]


@pytest.mark.parametrize("cause", ["sources", "seeds", "function"])
def test_measured_again_when_something_it_depends_on_changes(
    ledger, monkeypatch, cause
):
    claims.update(lambda line: None)
    before = claims.registry()["one"].key
    if cause == "sources":
        monkeypatch.setattr(claims, "_sources", lambda: "another fbkit")
    now = ledger(
        **{"seeds": {"seeds": (0, 2)}, "function": {"function": another_function}}.get(
            cause, {}
        )
    )
    assert now.key != before
    fb.claim("one")
    assert CALLS or cause == "function"


def another_function(seed):
    return 11.0


def test_the_table_counts_what_holds(ledger):
    assert repr(fb.claims_table()) == "1 of 1 claims hold"
    ledger(expected=0.0)
    assert (
        repr(fb.claims_table()) == "0 of 1 claims hold"
        and "✗" in fb.claims_table()._repr_html_()
    )


def test_a_record_is_made_read_and_shown(ledger):
    one = ledger(
        kind="recorded",
        expected=(10.0, 11.0, 12.0),
        seeds=(0,),
        function=with_infinity,
        tolerance=2.0,
    )
    one = ledger(**{**vars(one), "expected": (1.0, np.inf)})
    one.recompute()
    assert "Infinity" not in one._file.read_text()
    assert np.array_equal(one.measure(), [[1.0, np.inf]])
    assert fb.claim("one").figures() == "1 | never"


def with_infinity(seed):
    return 1.0, np.inf


def test_a_missing_record_says_how_to_make_it(ledger):
    ledger(kind="recorded")
    with pytest.raises(
        FileNotFoundError,
        match=r"^the record of claim one is missing; .*make recompute ID=one$",
    ):
        fb.claim("one")


@pytest.mark.parametrize("damage", ["value", "cut", "empty", "list", "no-values"])
def test_a_damaged_record_is_refused(ledger, damage):
    one = ledger(kind="recorded")
    one.recompute()
    record = json.loads(one._file.read_text())
    text = {
        "value": json.dumps({**record, "values": [[10.0], [11.0], [11.5]]}),
        "cut": one._file.read_text()[:80],
        "empty": "",
        "list": "[]",
        "no-values": json.dumps({k: v for k, v in record.items() if k != "values"}),
    }[damage]
    one._file.write_text(text)
    with pytest.raises(
        ValueError,
        match=r"^the record of claim one is damaged; .*make recompute ID=one$",
    ):
        fb.claim("one")


@pytest.mark.parametrize(
    "changes",
    [{"function": another_function}, {"seeds": (0, 1, 3)}],
    ids=["function", "seeds"],
)
def test_a_record_of_another_version_is_refused(ledger, changes):
    ledger(kind="recorded").recompute()
    ledger(kind="recorded", **changes)
    with pytest.raises(ValueError, match="from another version of the claim"):
        fb.claim("one")


def test_an_unknown_id_gets_one_sentence(ledger):
    with pytest.raises(ValueError) as caught:
        fb.claim("won")
    assert (
        str(caught.value)
        == "claim is 'won'; expected one of one (did you mean 'one'?)."
    )


def test_an_id_is_taken_once(ledger):
    with pytest.raises(
        ValueError, match="^claim one is in the ledger already; choose another id.$"
    ):
        claims.ledger(id="one", source="s", statement="s", expected=0, tolerance=0)(
            another_function
        )


def test_an_unknown_kind_is_refused(ledger):
    with pytest.raises(
        ValueError, match="kind is 'life'; expected one of live, recorded"
    ):
        claims.ledger(
            id="two", source="s", statement="s", expected=0, tolerance=0, kind="life"
        )(another_function)


def test_outside_a_course_claims_are_measured_and_nothing_is_written(ledger, tmp_path):
    (tmp_path / "_toc.yml").unlink()
    assert fb.claim("one").ok and claims.update(lambda line: None)
    assert not list(tmp_path.rglob("claims.json"))


def test_spot_check_redoes_one_seed_and_sees_a_difference(ledger, monkeypatch, capsys):
    one = ledger(kind="recorded")
    one.recompute()
    CALLS.clear()
    monkeypatch.setattr("sys.argv", ["fbkit.ledger", "spot-check", "2"])
    assert main() == 0 and CALLS == [2]
    record = json.loads(one._file.read_text())
    record["values"][2] = [10.5]
    one._file.write_text(
        json.dumps({**record, "checksum": claims._checksum(record["values"])})
    )
    assert main() == 1
    assert "stored [10.5], now [12.]" in capsys.readouterr().out


def test_recompute_of_a_live_claim_names_the_recorded_ones(ledger, monkeypatch):
    monkeypatch.setattr("sys.argv", ["fbkit.ledger", "recompute", "one"])
    with pytest.raises(SystemExit, match="'one' is not a recorded claim"):
        main()
