"""Labs: checks in two parts, student versions, releases.

A check asks in the student's process and judges in ours.
"""

from fbkit.lab.asking import call, read
from fbkit.lab.judging import (
    Judge,
    Mistake,
    Refused,
    Verdict,
    close,
    fields,
    near,
    numbers,
    told_apart,
)
from fbkit.lab.marking import Check, Manual, Mark, Question, check, load, rubric

__all__ = ["check", "rubric", "load"]  # in a notebook
__all__ += ["Check", "Question", "Manual", "Mark", "call", "read"]  # in checks.py
__all__ += ["close", "near", "numbers", "fields", "told_apart", "Refused"]  # in judges
__all__ += ["Judge", "Mistake", "Verdict"]  # their types
