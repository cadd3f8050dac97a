"""What training one network and training many have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from fbkit._errors import positive, positive_int
from fbkit._progress import progress_bar
from fbkit.observe import Probe, mode_error, total_error
from fbkit.targets import Target
from fbkit.training.optimizers import Optimizer

# A loss above this many times (1 + its first value) has diverged.
DIVERGED = 1e6

# More than any machine can do or keep.
MOST_STEPS = 10**9
MOST_RECORDS = 10**6
MOST_THREADS = 1024


@dataclass(frozen=True)
class Plan:
    """How long, how fast, and when to look.

    Attributes
    ----------
    steps : number of steps.
    when : steps to record, log-spaced, 0 and the last included.
    momentum : for the optimisers that have one.
    threads : of torch.
    progress : whether to show a bar.
    """

    steps: int
    when: np.ndarray
    momentum: float
    threads: int
    progress: bool

    @contextmanager
    def running(self, total: int) -> Iterator[object]:
        """A bar of so many steps; torch has the plan's threads as long as it lasts."""
        bar = progress_bar(total, "step", self.progress)
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            yield bar
        finally:
            bar.close()
            torch.set_num_threads(before)


def checked_plan(
    steps: int, records: int, momentum: float, threads: int, progress: bool
) -> Plan:
    """The plan of a run, or one sentence on what is wrong with it.

    >>> checked_plan(100, 4, 0.9, 1, True).when.tolist()
    [0, 1, 5, 22, 100]
    """
    steps = positive_int("steps", steps, most=MOST_STEPS)
    records = positive_int("records", records, least=2, most=MOST_RECORDS)
    spaced = np.append(0, np.geomspace(1, steps, records))
    when = np.unique(np.round(spaced).astype(int))
    momentum = positive("momentum", momentum, zero=True)
    if momentum > 1:
        raise ValueError(
            f"momentum is {momentum:g}; expected a number from 0 to 1, the share of the"
            " speed that a step keeps."
        )
    threads = positive_int("threads", threads, most=MOST_THREADS)
    return Plan(steps, when, momentum, threads, progress)


def checked_probe(probe: Probe | None, target: Target) -> Probe:
    """The probe of a run: by default the errors of the target's modes, or the total
    error where it has no basis.

    >>> checked_probe(abs, None)
    Traceback (most recent call last):
    ValueError: probe is <built-in function abs>; expected a function of prediction and
    values with an attribute modes, such as fbkit.mode_error(basis).
    """
    if probe is None:
        return total_error() if target.basis is None else mode_error(target.basis)
    if not (callable(probe) and hasattr(probe, "modes")):
        raise ValueError(
            f"probe is {probe!r}; expected a function of prediction and values with an"
            " attribute modes, such as fbkit.mode_error(basis)."
        )
    return probe


def first_meta(optimizer: Optimizer, clock: str, lr: float) -> dict:
    """What every history of a training run remembers."""
    return {"clock": clock, "label": f"network, {optimizer.label}", "lr": lr}
