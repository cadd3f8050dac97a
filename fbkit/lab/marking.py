"""A lab's questions, its marks, and `check`: the door that a notebook uses."""

import math
import os
import runpy
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fbkit.lab.asking import answer
from fbkit.lab.plain import pack, unpack

WIDTH = 72  # characters of a line of output: what fits beside the site's menus


@dataclass(frozen=True)
class Check:
    """What is asked and who judges it. `about` names what the check is on, in front of
    its sentence.
    """

    about: str
    ask: dict
    judge: Callable


@dataclass(frozen=True)
class Question:
    """A question that is checked automatically. `lesson` is the sentence for a full
    score.
    """

    title: str
    points: float
    lesson: str
    checks: tuple


@dataclass(frozen=True)
class Manual:
    """A question that a person marks: `rubric` is a tuple of (points, what earns them)."""

    title: str
    rubric: tuple

    @property
    def points(self):
        return sum(points for points, _ in self.rubric)


@dataclass(frozen=True)
class Lab:
    """`questions` and `manual` by name, as in {"q1": Question(...)}."""

    questions: dict
    manual: dict


@dataclass(frozen=True)
class Mark:
    """What a question earned: `score` 0 to 1, the mean over its checks (`scores`), and
    one sentence.

    >>> print(Mark("q1", 0.5, 4, "Frequency 3 is missing.", (0.0, 1.0)))
    q1: NOT YET, 2 of 4 points. Frequency 3 is missing.
    """

    question: str
    score: float
    points: float
    sentence: str
    scores: tuple

    @property
    def passed(self):
        return self.score >= 1

    def __bool__(self):
        return self.passed

    def __str__(self):
        earned = math.floor(100 * self.score * self.points + 1e-9) / 100
        verdict = "PASS" if self.passed else "NOT YET"
        return (
            f"{self.question}: {verdict}, {earned:g} of {self.points:g} points."
            f" {self.sentence}"
        )

    def _ipython_display_(self):
        """Nothing: `check` has printed it."""


def load(folder, hidden=None):
    """The lab in `folder` (its `checks.py`); with `hidden` a seed, the checks of its
    `hidden.py` as well.

    `checks.py` defines QUESTIONS and MANUAL; `hidden.py` defines hidden_checks(visible,
    seed), which gets checks.py's names and returns more checks by question: {"q1":
    [Check, ...]}.
    """
    folder = Path(folder)
    if not (folder / "checks.py").is_file():
        raise FileNotFoundError(
            f"there is no checks.py in {folder}: open the notebook in the folder that"
            " you unzipped."
        )
    visible = _names(folder / "checks.py", "QUESTIONS", "MANUAL")
    questions = dict(visible["QUESTIONS"])
    if hidden is not None:
        more = _names(folder / "hidden.py", "hidden_checks")["hidden_checks"](
            visible, hidden
        )
        for name, checks in more.items():
            questions[name] = replace(
                questions[name], checks=questions[name].checks + tuple(checks)
            )
    return Lab(questions, dict(visible["MANUAL"]))


def _names(path, *needed):
    """What the Python file defines, or an error of one sentence if something needed is
    not there.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no {path.name} in {path.parent}: it defines"
            f" {' and '.join(needed)}."
        )
    names = runpy.run_path(str(path))
    missing = [name for name in needed if name not in names]
    if missing:
        raise ValueError(
            f"{path.name} does not define {' and '.join(missing)}: add it."
        )
    return names


def judged(check, text):
    """(score, sentence) of one packed answer; anything that is not a clean score from 0
    to 1 counts as 0.

    >>> judged(Check("it", {"read": ["x"]}, lambda answer, ask: (float("nan"), "")), '{"value": 1}')
    (0.0, 'It could not be judged.')
    """
    about = f"{check.about[:1].upper()}{check.about[1:]}"
    try:
        given = unpack(text)
        if not isinstance(given, dict) or len(given) != 1:
            raise ValueError("there is no answer.")
        if "error" in given:
            return 0.0, f"{about}: {given['error']}"
        score, sentence = check.judge(given["value"], check.ask)
        if not 0 <= score <= 1:
            raise TypeError("not a score")
    except Exception as error:
        return (
            0.0,
            (
                f"{about} could not be"
                f" judged{': ' + str(error) if isinstance(error, ValueError) else '.'}"
            ),
        )
    return float(score), f"{about}: {sentence}"


def mark(name, question, ask):
    """The Mark of one question; `ask` takes a packed ask to the student's process and
    brings the packed answer.
    """
    results = [judged(check, ask(pack(check.ask))) for check in question.checks]
    scores = tuple(score for score, _ in results)
    failed = [sentence for score, sentence in results if not score >= 1]
    return Mark(
        name,
        sum(scores) / len(scores),
        question.points,
        failed[0] if failed else question.lesson,
        scores,
    )


def check(name):
    """Check the question `name` of the lab whose notebook this is; print the result,
    and return its Mark.

    A Mark is true when the question has passed. With FBKIT_LAB_STRICT=1 in the
    environment (as in the tests) a question that has not passed raises AssertionError.
    """
    lab = load(Path.cwd())
    if not isinstance(name, str) or name not in lab.questions:
        by_hand = isinstance(name, str) and name in lab.manual
        what = (
            f"{name!r} is marked by a person"
            if by_hand
            else f"there is no question {name!r}"
        )
        raise ValueError(f"{what}; check one of {', '.join(lab.questions)}.")
    namespace = sys._getframe(1).f_globals
    result = mark(
        name, lab.questions[name], lambda question: answer(question, namespace)
    )
    print(textwrap.fill(str(result), WIDTH, subsequent_indent="    "))
    if os.environ.get("FBKIT_LAB_STRICT") == "1" and not result:
        raise AssertionError(str(result))
    return result


def rubric(name):
    """Print what earns points in the question `name`, which a person marks."""
    lab = load(Path.cwd())
    if not isinstance(name, str) or name not in lab.manual:
        raise ValueError(
            f"there is no question {name!r} that a person marks; name one of"
            f" {', '.join(lab.manual)}."
        )
    manual = lab.manual[name]
    print(f"{name} ({manual.points:g} points, marked by a person): {manual.title}")
    for points, what in manual.rubric:
        print(textwrap.fill(f"  {points:g}  {what}", WIDTH, subsequent_indent="     "))
