"""Labs: checks in two parts (ask in the student's process, judge in ours), student
versions, releases.
"""

from fbkit.lab.asking import call, read
from fbkit.lab.judging import Refused, close, near, numbers
from fbkit.lab.marking import Check, Manual, Mark, Question, check, load, rubric

__all__ = ["check", "rubric", "load"]  # in a notebook
__all__ += ["Check", "Question", "Manual", "Mark", "call", "read"]  # in checks.py
__all__ += ["close", "near", "numbers", "Refused"]  # in its judges
