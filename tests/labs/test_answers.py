"""Right answers pass, wrong ones stay below what they say, every check rejects one."""

import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from variants import LABS, asked, common_namespace, variants

from fbkit.lab import Check, Mark, Question, Refused, Verdict
from fbkit.lab.marking import load, mark
from fbkit.lab.notebook import code, open_notebook
from fbkit.lab.release import SEEDS

# Seconds of one core for all variants of a lab, the notebook's own run included.
BUDGET = 40


@dataclass
class Tried:
    """What came of a variant: a Mark for each seed, and the most it may score."""

    marks: list[Mark]
    most: float


@dataclass
class Trial:
    """All variants of a lab: found[question][kind][variant] is a Tried."""

    lab: Path
    found: dict[str, dict[str, dict[str, Tried]]]
    faults: list[str]  # of judges
    seconds: float

    def wrong(self, question: str) -> dict[str, Tried]:
        return self.found[question]["wrong"]


def used() -> float:
    """Seconds of processor time so far, children included.

    A busy machine does not change it.
    """
    return sum(os.times()[:4])


def watched(check: Check, faults: list[str]) -> Check:
    """The check with a judge that reports its own errors."""

    def judge(answer: object, ask: dict) -> Verdict:
        try:
            return check.judge(answer, ask)
        except Refused:
            raise
        except Exception as error:
            faults.append(f"{check.about}: {error!r}")
            raise

    return replace(check, judge=judge)


def watched_questions(lab: Path, seed: int, faults: list[str]) -> dict[str, Question]:
    found = {}
    for name, question in load(lab, hidden=seed).questions.items():
        checks = tuple(watched(check, faults) for check in question.checks)
        found[name] = replace(question, checks=checks)
    return found


def cells_that_make(cells: list[str], variables: set[str]) -> list[str]:
    """The cells that assign one of these variables."""
    return [
        source
        for source in cells
        if any(f"\n{variable} = " in f"\n{source}" for variable in variables)
    ]


@pytest.fixture(scope="module", params=LABS, ids=[lab.name for lab in LABS])
def trial(request):
    lab = request.param
    start = used()
    faults = []
    namespace = common_namespace(lab)
    cells = code(open_notebook(lab / f"{lab.name}.ipynb"))
    cells = [source for source in cells if "fb.lab." not in source]
    by_seed = [watched_questions(lab, seed, faults) for seed in SEEDS]
    found = {}
    for name in by_seed[0]:
        questions = [questions[name] for questions in by_seed]
        asks = [check.ask for question in questions for check in question.checks]
        read = {variable for ask in asks for variable in ask.get("read", [])}
        makes = cells_that_make(cells, read)
        found[name] = {}
        for kind in ("right", "wrong"):
            found[name][kind] = {}
            path = lab / "answers" / f"{name}_{kind}.py"
            for variant, (source, most) in variants(path).items():
                # What a check reads was made by cells after the answer: those that
                # call it run again.
                defined = re.findall(r"^def (\w+)", source, re.MULTILINE)
                after = [
                    cell for cell in makes if any(f"{f}(" in cell for f in defined)
                ]
                answers = iter(asked(namespace, [source, *after], asks))
                reply = lambda ask, answers=answers: next(answers)
                marks = [mark(name, question, reply) for question in questions]
                found[name][kind][variant] = Tried(marks, most)
    return Trial(lab, found, faults, used() - start)


def test_right_answers_pass(trial):
    for name, kinds in trial.found.items():
        assert len(kinds["right"]) >= 3, f"{name} has too few right answers"
        for variant, tried in kinds["right"].items():
            failed = [str(found) for found in tried.marks if not found]
            assert not failed, f"{name}, {variant}: {failed}"


def test_wrong_answers_fail(trial):
    for name in trial.found:
        lesson = load(trial.lab).questions[name].lesson
        assert len(trial.wrong(name)) >= 6, f"{name} has too few wrong answers"
        for variant, tried in trial.wrong(name).items():
            assert tried.most < 1, f"{name}, {variant} states no maximum"
            for found in tried.marks:
                score = found.score
                assert score <= tried.most, f"{name}, {variant} scores {score}"
                assert found.sentence != lesson


def test_every_check_rejects_a_wrong_answer(trial):
    for name in trial.found:
        for seed in range(len(SEEDS)):
            rows = [tried.marks[seed].scores for tried in trial.wrong(name).values()]
            idle = [i for i, scores in enumerate(zip(*rows)) if min(scores) >= 1]
            assert not idle, f"checks {idle} of {name} reject nothing"


def test_no_judge_fails(trial):
    """A judge that raises another error than Refused says nothing to the student."""
    assert not trial.faults


def test_all_variants_are_quick(trial):
    assert trial.seconds < BUDGET


def test_lab_is_complete(lab):
    """Questions of both kinds, each with what belongs to it; no outputs stored."""
    found = load(lab)
    assert found.questions and found.manual
    for name, manual in found.manual.items():
        assert manual.points > 0
        assert (lab / "answers" / f"{name}_model.md").is_file()
    notebook = open_notebook(lab / f"{lab.name}.ipynb")
    sources = "\n".join(code(notebook))
    for name, question in found.questions.items():
        assert f'fb.lab.check("{name}")' in sources
        assert question.points > 0
        assert question.lesson.endswith(".")
    assert "widgets" not in json.dumps(notebook["metadata"])
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
