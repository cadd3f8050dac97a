"""A lab's questions, its marks, and `check`: the door that a notebook uses."""

from __future__ import annotations

import math
import os
import runpy
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fbkit.lab.asking import answer
from fbkit.lab.judging import Judge, Refused, Verdict
from fbkit.lab.plain import pack, unpack

WIDTH = 72  # characters of a line of output: what fits beside the site's menus


@dataclass(frozen=True)
class Check:
    """What is asked, and who judges the answer.

    `about` names what the check is on; it stands in front of the judge's sentence.
    """

    about: str
    ask: dict
    judge: Judge


@dataclass(frozen=True)
class Question:
    """A question that is checked automatically.

    `lesson` is the sentence for a full score.
    """

    title: str
    points: float
    lesson: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Manual:
    """A question that a person marks.

    `rubric` holds pairs of (points, what earns them).
    """

    title: str
    rubric: tuple[tuple[float, str], ...]

    @property
    def points(self) -> float:
        return sum(points for points, _ in self.rubric)


@dataclass(frozen=True)
class Lab:
    """`questions` and `manual` by name, as in {"q1": Question(...)}."""

    questions: dict[str, Question]
    manual: dict[str, Manual]


@dataclass(frozen=True)
class Mark:
    """What a question earned.

    `score` is from 0 to 1, the mean of its checks' `scores`; `sentence` is the one to
    show.

    >>> print(Mark("q1", 0.5, 4, "Frequency 3 is missing.", (0.0, 1.0)))
    q1: NOT YET, 2 of 4 points. Frequency 3 is missing.
    """

    question: str
    score: float
    points: float
    sentence: str
    scores: tuple[float, ...]

    @property
    def passed(self) -> bool:
        return self.score >= 1

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        # Rounded down: what is almost full is not shown as full.
        earned = math.floor(100 * self.score * self.points + 1e-9) / 100
        verdict = "PASS" if self.passed else "NOT YET"
        return (
            f"{self.question}: {verdict}, {earned:g} of {self.points:g} points."
            f" {self.sentence}"
        )

    def _ipython_display_(self) -> None:
        """Nothing: `check` has printed it."""


def load(folder: str | Path, hidden: int | None = None) -> Lab:
    """The lab in `folder`, with its hidden checks if `hidden` is a seed.

    `checks.py` defines QUESTIONS and MANUAL. `hidden.py` defines hidden_checks(visible,
    seed), which gets the names of checks.py and returns more checks by question: {"q1":
    [Check, ...]}. What is not there, or fits no question, raises an error of one
    sentence.
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
        make = _names(folder / "hidden.py", "hidden_checks")["hidden_checks"]
        for name, more in make(visible, hidden).items():
            if name not in questions:
                raise ValueError(
                    f"hidden.py has checks for {name!r}, expected one of"
                    f" {', '.join(questions)}: correct the name."
                )
            question = questions[name]
            questions[name] = replace(question, checks=(*question.checks, *more))
    return Lab(questions, dict(visible["MANUAL"]))


def _names(path: Path, *needed: str) -> dict:
    """What the Python file defines; one sentence if something needed is not there."""
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


def judged(check: Check, text: str) -> Verdict:
    """The verdict on one packed answer.

    An answer that the judge refuses, and anything that is not a clean score from 0 to
    1, counts as 0.

    >>> faulty = Check("it", {"read": ["x"]}, lambda answer, ask: (float("nan"), ""))
    >>> judged(faulty, '{"value": 1}')
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
    except Refused as refused:
        return 0.0, f"{about}: {refused}"
    except ValueError as error:
        return 0.0, f"{about} could not be judged: {error}"
    except Exception:
        return 0.0, f"{about} could not be judged."
    return float(score), f"{about}: {sentence}"


def mark(name: str, question: Question, ask: Callable[[str], str]) -> Mark:
    """The Mark of one question.

    `ask` takes a packed ask to the student's process and brings the packed answer.
    """
    verdicts = [judged(check, ask(pack(check.ask))) for check in question.checks]
    scores = tuple(score for score, _ in verdicts)
    failed = [sentence for score, sentence in verdicts if not score >= 1]
    sentence = failed[0] if failed else question.lesson
    return Mark(name, sum(scores) / len(scores), question.points, sentence, scores)


def check(name: str) -> Mark:
    """Check the question `name` of the lab whose notebook this is.

    The result is printed, and returned: a Mark is true when the question has passed.
    With FBKIT_LAB_STRICT=1 in the environment (as in the tests) a question that has not
    passed raises AssertionError.
    """
    lab = load(Path.cwd())
    if not isinstance(name, str) or name not in lab.questions:
        by_hand = isinstance(name, str) and name in lab.manual
        what = f"there is no question {name!r}"
        if by_hand:
            what = f"{name!r} is marked by a person"
        raise ValueError(f"{what}; check one of {', '.join(lab.questions)}.")
    namespace = sys._getframe(1).f_globals  # the notebook's names
    found = mark(name, lab.questions[name], lambda ask: answer(ask, namespace))
    print(textwrap.fill(str(found), WIDTH, subsequent_indent="    "))
    if os.environ.get("FBKIT_LAB_STRICT") == "1" and not found:
        raise AssertionError(str(found))
    return found


def rubric(name: str) -> None:
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
