"""The question of an explorer, answered by a click that starts the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Question:
    """A question with choices, and what is said at the end of the run.

    Parameters
    ----------
    ask : the question.
    choices : {key: words}, each a button.
    verdict : `verdict(frame, params, key)` returns one sentence or two for who chose
        `key`, beginning with "You said"; "" while the run has not come to its end, or
        where the parameters leave nothing to say. The chapter's `engine.js` has the
        same in `verdicts`, a part of what its `report` returns.
    looks : the reader looks at the run before answering: marks with `answer=True` and
        the summary are seen after the answer, or at the end of the run.

    >>> Question("Which comes first?", {"1": "sin x"}, verdict=str)
    Traceback (most recent call last):
    ValueError: the question 'Which comes first?' has 1 choice; expected 2 to 4.
    """

    ask: str
    choices: dict[str, str]
    verdict: Callable[[dict[str, np.ndarray], dict, str], str]
    looks: bool = False

    def __post_init__(self) -> None:
        count = len(self.choices)
        if not 2 <= count <= 4:
            plural = "" if count == 1 else "s"
            raise ValueError(
                f"the question {self.ask!r} has {count} choice{plural}; expected 2 to"
                " 4."
            )
        if not self.ask.endswith("?"):
            raise ValueError(
                f"the question {self.ask!r} does not end with a question mark; ask"
                " what the reader should predict."
            )

    def spec(self) -> dict:
        """What the front end needs, as plain data."""
        return {"ask": self.ask, "choices": self.choices, "looks": self.looks}

    def verdicts(self, arrays: dict[str, np.ndarray], params: dict) -> dict[str, str]:
        """{key: sentence}; {} while there is nothing to say."""
        said = {key: self.verdict(arrays, params, key) for key in self.choices}
        return said if all(said.values()) else {}
