"""The two halves of a check, and the door in the notebook."""

import base64
import json
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fbkit import lab as door
from fbkit.lab.asking import answer, call, read
from fbkit.lab.judging import Refused, close, fields, near, numbers
from fbkit.lab.marking import Check, Question, judged, load, mark
from fbkit.lab.plain import pack, unpack

numeric = hnp.arrays(
    st.sampled_from(["f8", "f4", "i8", "u1", "?", "c16"]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | numeric
plain = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=12,
)
hostile = (
    leaves
    | plain
    | st.just([[1], [2, 3]])
    | st.just([10**400])
    | st.just({"npy": 3})
    | st.just([None])
)


def same(a, b):
    if isinstance(b, np.ndarray):
        return (
            isinstance(a, np.ndarray)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and a.tobytes() == b.tobytes()
        )
    if isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(b, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in b)
    return type(a) is type(b) and (a == b or a != a and b != b)


# ---- plain data


@given(plain)
def test_plain_data_comes_back(value):
    assert same(unpack(pack(value)), value)


@given(
    st.text()
    | st.binary().map(lambda b: json.dumps({"npy": base64.b64encode(b).decode()}))
)
def test_any_text_is_read_or_refused(text):
    try:
        unpack(text)
    except ValueError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    "value", [print, object(), {1, 2}, np.array([print]), np.array(["a"]), [[object()]]]
)
def test_what_is_not_plain_is_refused(value):
    with pytest.raises(ValueError, match="return numbers"):
        pack(value)


def test_no_pickle_and_no_false_header():
    import io
    import pickle

    file = io.BytesIO()
    np.save(file, np.array([{"x": 1}], dtype=object), allow_pickle=True)
    liar = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        liar, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    )
    for data in (file.getvalue(), liar.getvalue() + b"few bytes", pickle.dumps([1])):
        with pytest.raises(ValueError):
            unpack(json.dumps({"npy": base64.b64encode(data).decode()}))


def test_depth_and_size_are_limited():
    deep = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(ValueError, match="deep"):
        pack(deep)
    with pytest.raises(ValueError, match="too deeply"):
        unpack("[" * 100_000)
    with pytest.raises(ValueError, match="too large"):
        pack(np.zeros(5 * 10**6))


def test_tensors_blanks_and_scalars():
    import torch

    assert same(unpack(pack(torch.ones(2, requires_grad=True))), np.ones(2, np.float32))
    assert unpack(pack([..., np.float64(0.5), np.bool_(True), np.int8(3)])) == [
        None,
        0.5,
        True,
        3,
    ]


# ---- asking


def given_answer(ask, **namespace):
    return unpack(answer(pack(ask), namespace))


def raising(error):
    def function(*_):
        raise error

    return function


class Mute(Exception):
    def __str__(self):
        raise ValueError


def test_asks():
    assert given_answer(call("f", 2, by=3), f=lambda x, by: x * by) == {"value": 6}
    assert given_answer(read("a", "b"), a=1, b=[2]) == {"value": {"a": 1, "b": [2]}}


@pytest.mark.parametrize(
    "namespace, sentence",
    [
        ({}, "`f` is not defined: run the cell that defines it."),
        ({"f": 3}, "`f` is a int, and a function was expected."),
        (
            {"f": raising(ZeroDivisionError("division by zero"))},
            "`f` raised ZeroDivisionError: division by zero",
        ),
        ({"f": raising(SystemExit(0))}, "`f` raised SystemExit: 0"),
        ({"f": raising(Mute())}, "`f` raised Mute"),
        ({"f": lambda: None}, "`f` raised TypeError"),
        (
            {"f": lambda *_: print},
            "`f` raised ValueError: a builtin_function_or_method came",
        ),
    ],
)
def test_what_goes_wrong_is_an_answer(namespace, sentence):
    assert given_answer(call("f", 1), **namespace)["error"].startswith(sentence)


def test_the_student_gets_a_copy():
    values = np.ones(3)
    assert given_answer(call("f", values), f=lambda v: v.__imul__(2))[
        "value"
    ].tolist() == [2, 2, 2]
    assert values.tolist() == [1, 1, 1]


# ---- judging


def verdict(judge, value, ask=None):
    """Of a judge, which may refuse and may fail in no other way."""
    try:
        score, sentence = judge(value, ask)
    except Refused as refused:
        score, sentence = 0.0, str(refused)
    assert 0 <= score <= 1 and isinstance(sentence, str) and "\n" not in sentence
    return score, sentence


@given(hostile)
def test_judges_survive_anything(value):
    zero = (np.zeros((2, 3)), 0.5, "zero")
    judge = close(np.ones((2, 3)), mistakes=[zero], scale=0.3)
    assert verdict(judge, value)[0] == 0 or np.shape(value) == (2, 3)


def test_what_a_judge_refuses_earns_nothing():
    check = Check("it", read("x"), close([1.0, 2.0]))
    sentence = "It: the answer has shape (3,), expected (2,)."
    assert judged(check, pack({"value": [1, 2, 3]})) == (0.0, sentence)


def test_a_mistake_that_equals_the_right_answer_is_dropped():
    """An answer that is off earns nothing for being near a "mistake" that is none."""
    right = np.array([1.0, 0.0])
    squared = (right**2, 0.5, "do not square.")
    halved = (right / 2, 0.4, "twice that.")
    judge = close(right, 0.1, mistakes=[squared, halved])
    assert verdict(judge, [1.0, 0.0]) == (1.0, "")
    assert verdict(judge, [0.5, 0.0]) == (0.4, "twice that.")
    shifted = (right + 0.15, 0.5, "that is another grid.")
    judge = close(right, 0.1, mistakes=[shifted, halved])
    assert verdict(judge, right + 0.12) == (0.0, "entry 0 is 1.12, expected 1.")


@given(hostile)
def test_fields_of_anything(value):
    assert fields(value, "x", "y") == [None, None]
    assert fields({"x": 1}, "y", "x") == [None, 1]


def test_nan_is_never_near():
    found = near([np.nan, np.inf, -np.inf], [np.nan, np.inf, np.inf], np.inf)
    assert found.tolist() == [False, True, True]
    assert not near(np.array([np.nan]), np.array([np.nan]), 1e9).any()
    assert not near(np.array([-np.inf]), np.array([np.inf]), 1.0).any()


def test_a_scaled_zero_earns_nothing():
    assert close([1.0, 2.0], scale=0.5)([0.0, 0.0], None)[0] == 0
    assert close([1.0, 2.0], scale=0.5)([-2.0, -4.0], None)[0] == 0.5


@pytest.mark.parametrize(
    "value, sentence",
    [
        ([1, 2], "expected (2, 3)"),
        (None, "nothing came back"),
        ([None, None], "nothing came back"),
        ("text", "not made of numbers"),
        (np.full((2, 3), np.nan), "holds NaN at index (0, 0)"),
        (np.full((2, 3), np.inf), "holds infinity"),
        (np.ones((2, 3)) + 0j, "complex"),
        ([[1], [2, 3]], "differ in length"),
    ],
)
def test_refusals_are_sentences(value, sentence):
    score, said = verdict(close(np.ones((2, 3))), value)
    assert score == 0 and sentence in said


@pytest.mark.parametrize(
    "verdict", [None, (2, ""), (float("nan"), ""), ("1", ""), (1,), 1.0, (-0.1, "")]
)
def test_a_faulty_judge_gives_zero(verdict):
    score, sentence = judged(
        Check("it", read("x"), lambda answer, ask: verdict), '{"value": 1}'
    )
    assert score == 0 and "could not be judged" in sentence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"value": 1, "error": ""}',
        '{"other": 1}',
        '{"npy": "AA=="}',
        "nan",
    ],
)
def test_a_faulty_answer_gives_zero(text):
    assert judged(Check("it", read("x"), lambda answer, ask: (1, "")), text)[0] == 0


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(value=hostile)
def test_every_judge_of_a_lab_survives_anything(lab, value):
    for question in load(lab, hidden=7).questions.values():
        for check in question.checks:
            for thing in (value, {name: value for name in check.ask.get("read", [])}):
                # Not through `judged`, which would catch an exception.
                if verdict(check.judge, thing, check.ask)[0] == 1:
                    # Found by chance: [0, 1, 0] is the right answer to a check.
                    assert numbers(thing, finite=False).size < 8


def test_partial_credit_is_the_mean():
    half = Check("half", read("x"), lambda answer, ask: (0.5, "only half."))
    full = Check("full", read("x"), lambda answer, ask: (1, ""))
    found = mark(
        "q", Question("t", 4, "lesson", (full, half)), lambda ask: '{"value": 1}'
    )
    assert (
        found.score == 0.75
        and str(found) == "q: NOT YET, 3 of 4 points. Half: only half."
    )
    assert not found and mark(
        "q", Question("t", 4, "lesson", (full,)), lambda ask: '{"value": 1}'
    )


def test_almost_full_is_not_shown_as_full():
    nearly = Check("nearly", read("x"), lambda answer, ask: (0.9999, "one is off."))
    assert "3.99 of 4" in str(
        mark("q", Question("t", 4, "lesson", (nearly,)), lambda ask: '{"value": 1}')
    )


# ---- the door


@pytest.fixture
def at(twice, monkeypatch):
    monkeypatch.chdir(twice)
    monkeypatch.setenv("FBKIT_LAB_STRICT", "0")
    return twice


def test_check_in_a_notebook(at, capsys):
    names = {"fb": __import__("fbkit"), "double": lambda numbers: numbers}
    exec('result = fb.lab.check("q1")', names)
    assert (
        capsys.readouterr().out
        == "q1: NOT YET, 1 of 2 points. A pair: that is the same.\n"
        and not names["result"]
    )
    names["double"] = lambda numbers: [2 * n for n in numbers]
    exec('result = fb.lab.check("q1")', names)
    assert (
        capsys.readouterr().out == "q1: PASS, 2 of 2 points. Twice is twice.\n"
        and names["result"]
    )


def test_strict_checks_raise(at, monkeypatch):
    monkeypatch.setenv("FBKIT_LAB_STRICT", "1")
    with pytest.raises(AssertionError, match="q2: NOT YET"):
        exec('fb.lab.check("q2")', {"fb": __import__("fbkit")})


def test_pytest_runs_are_strict():
    assert os.environ["FBKIT_LAB_STRICT"] == "1"


def test_rubric_says_what_earns_points(at, capsys):
    door.rubric("q3")
    assert (
        capsys.readouterr().out
        == "q3 (1 points, marked by a person): Why\n  1  says why\n"
    )


@pytest.mark.parametrize("name", ["q9", "q3", None, "", 3, ["q1"], {}])
def test_unknown_questions_are_one_sentence(at, name):
    with pytest.raises(ValueError, match=r"check one of q1, q2\.$"):
        door.check(name)


def test_incomplete_labs_are_one_sentence(at):
    (at / "hidden.py").write_text("", encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"hidden\.py does not define hidden_checks: add it\."
    ):
        load(at, hidden=0)
    (at / "hidden.py").unlink()
    with pytest.raises(FileNotFoundError, match="it defines hidden_checks"):
        load(at, hidden=0)
    (at / "hidden.py").write_text(
        'hidden_checks = lambda visible, seed: {"q7": []}', encoding="utf-8"
    )
    with pytest.raises(ValueError, match="checks for 'q7', expected one of q1, q2:"):
        load(at, hidden=0)
    (at / "checks.py").write_text("QUESTIONS = {}", encoding="utf-8")
    with pytest.raises(ValueError, match="does not define MANUAL"):
        load(at)


def test_no_checks_beside_the_notebook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        FileNotFoundError, match="open the notebook in the folder that you unzipped"
    ):
        door.check("q1")
    with pytest.raises(FileNotFoundError):
        door.rubric("q3")


@given(st.text() | st.none() | st.integers() | st.just(np.array([np.nan])))
def test_numbers_without_a_shape(value):
    try:
        assert np.isfinite(numbers(value)).all()
    except ValueError as error:
        assert "\n" not in str(error)
