"""Right answers pass, wrong ones stay below what they say, every check rejects
something.
"""

import json
import os
import re

import pytest
from variants import LABS, asked, common_namespace, variants

from fbkit.lab.marking import load, mark
from fbkit.lab.notebook import code, open_notebook
from fbkit.lab.release import SEEDS

BUDGET = (
    40  # seconds of one core for all variants of a lab, the notebook's own run included
)


def used() -> float:
    """Seconds of processor time so far, children included: what a busy machine does not
    change.
    """
    return sum(os.times()[:4])


@pytest.fixture(scope="module", params=LABS, ids=[lab.name for lab in LABS])
def tried(request):
    """(lab, marks, seconds): marks[question][kind][variant] is one Mark for each seed
    of the hidden checks.
    """
    lab, start, marks = request.param, used(), {}
    namespace = common_namespace(lab)
    cells = [
        source
        for source in code(open_notebook(lab / f"{lab.name}.ipynb"))
        if "fb.lab." not in source
    ]
    by_seed = [load(lab, hidden=seed).questions for seed in SEEDS]
    for name in by_seed[0]:
        questions = [questions[name] for questions in by_seed]
        checks = [check for question in questions for check in question.checks]
        read = {variable for check in checks for variable in check.ask.get("read", [])}
        # What a check reads was made by cells after the answer: those that call it run
        # again.
        makes = [
            source
            for source in cells
            if any(f"\n{variable} = " in f"\n{source}" for variable in read)
        ]
        marks[name] = {"right": {}, "wrong": {}}
        for kind, found in marks[name].items():
            for variant, (source, most) in variants(
                lab / "answers" / f"{name}_{kind}.py"
            ).items():
                calls = [
                    f"{function}("
                    for function in re.findall(r"^def (\w+)", source, re.MULTILINE)
                ]
                after = [cell for cell in makes if any(one in cell for one in calls)]
                answers = iter(
                    asked(namespace, [source, *after], [check.ask for check in checks])
                )
                found[variant] = (
                    [
                        mark(name, question, lambda _, a=answers: next(a))
                        for question in questions
                    ],
                    most,
                )
    return lab, marks, used() - start


def test_right_answers_pass(tried):
    lab, marks, _ = tried
    for name, kinds in marks.items():
        assert len(kinds["right"]) >= 3, f"{name} has too few right answers"
        for variant, (found, _) in kinds["right"].items():
            assert all(found), (
                f"{name}, {variant}: {[str(one) for one in found if not one]}"
            )


def test_wrong_answers_fail(tried):
    lab, marks, _ = tried
    for name, kinds in marks.items():
        assert len(kinds["wrong"]) >= 6, f"{name} has too few wrong answers"
        for variant, (found, most) in kinds["wrong"].items():
            assert most < 1, f"{name}, {variant} states no maximum"
            for one in found:
                assert one.score <= most, f"{name}, {variant} scores {one.score}"
                assert one.sentence != load(lab).questions[name].lesson


def test_every_check_rejects_a_wrong_answer(tried):
    lab, marks, _ = tried
    for name, kinds in marks.items():
        for seed in range(len(SEEDS)):
            rows = [found[seed].scores for found, _ in kinds["wrong"].values()]
            idle = [i for i, scores in enumerate(zip(*rows)) if min(scores) >= 1]
            assert not idle, f"checks {idle} of {name} reject nothing"


def test_all_variants_are_quick(tried):
    assert tried[2] < BUDGET


def test_lab_is_complete(lab):
    """Questions of both kinds, each with what belongs to it; no outputs stored."""
    found = load(lab)
    assert found.questions and found.manual
    for name in found.manual:
        assert (
            sum(points for points, _ in found.manual[name].rubric)
            == found.manual[name].points
            > 0
        )
        assert (lab / "answers" / f"{name}_model.md").is_file()
    notebook = open_notebook(lab / f"{lab.name}.ipynb")
    sources = "\n".join(code(notebook))
    for name, question in found.questions.items():
        assert (
            f'fb.lab.check("{name}")' in sources
            and question.points > 0
            and question.lesson.endswith(".")
        )
    for cell in notebook["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None
        assert "widgets" not in json.dumps(notebook["metadata"])
