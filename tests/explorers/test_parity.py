"""Every engine equals its Python twin: init, steps, a drag, frame and report.

The engines are found by listing; the parameters are the presets of the explorer and
seeded draws of its typed parameters.
"""

import numpy as np
import pytest

from fbkit.explorers import Array, Choice, registry
from tests.explorers.pages import run_engine

ENGINES = [explorer for explorer in registry().values() if explorer.engine]
DRAWS = 8
STEPS = 20
# Rounding is even in amplitudes, not in their logarithms, and in rates, not in times.
COMPARED_AS = {"heat": lambda log: 10**log, "predicted_time": lambda time: 1 / time}


def drawn_number(param, draw):
    if param.values:
        return param.values[draw.integers(len(param.values))]
    if not param.whole:
        return draw.uniform(param.low, param.high)
    number = draw.integers(param.low, param.high, endpoint=True)
    return number - number % 2 if param.even else number


def drawn_array(param, draw):
    """Each entry at random: a bound, zero where allowed, or any number between.

    Not the steps of a drag: sums of squares of round numbers end in a tie where a
    sentence rounds them, and two languages may break it differently.
    """
    special = [param.low, param.high, max(param.low, min(0, param.high))]
    count = len(param.default)
    return np.where(
        draw.random(count) < 0.5,
        draw.choice(special, count),
        draw.uniform(param.low, param.high, count),
    )


def drawn(param, draw):
    if isinstance(param, Choice):
        return str(draw.choice(param.values))
    if isinstance(param, Array):
        return drawn_array(param, draw)
    return drawn_number(param, draw)


def corner(param, end):
    """The parameter at its lowest (end 0) or its highest (end 1)."""
    if isinstance(param, Choice):
        return param.values[-end]
    bound = (param.low, param.high)[end]
    return [bound] * len(param.default) if isinstance(param, Array) else bound


def draws(explorer):
    """DRAWS complete sets of parameters: two corners, the others at random."""
    draw = np.random.default_rng(len(explorer.name))
    sets = [
        {name: corner(param, end) for name, param in explorer.params.items()}
        for end in (0, 1)
    ]
    while len(sets) < DRAWS:
        sets.append({name: drawn(p, draw) for name, p in explorer.params.items()})
    return [explorer.check(params) for params in sets]


def jobs(explorer):
    """(params, steps, then): from the start, and after steps where there are any."""
    live = [name for name, param in explorer.params.items() if param.live]
    everything = explorer.settings() + draws(explorer)
    for params, other in zip(everything, reversed(everything)):
        yield params, 0, None
        if explorer.still:
            yield params, STEPS, None
        if live:
            yield params, STEPS, {**params, **{name: other[name] for name in live}}
    if explorer.still:
        yield explorer.check({}), explorer.still, None


def worst(ours, theirs):
    """Largest difference over all arrays, relative where the numbers exceed 1."""
    assert set(ours) == set(theirs)
    largest = 0
    for name in ours:
        one = np.ravel(ours[name])
        other = np.ravel(theirs[name]).astype(float)  # whole numbers come as ints
        assert one.shape == other.shape, name
        if name in COMPARED_AS:
            one, other = COMPARED_AS[name](one), COMPARED_AS[name](other)
        gap = np.abs(other - one) / np.maximum(1, np.abs(one))
        largest = max(largest, gap.max(initial=0))
    return largest


def check_parity(page, explorer):
    """Compare arrays and summary of an engine in the page with its twin's."""
    for job in jobs(explorer):
        params, steps, then = job
        arrays, report = run_engine(page, explorer.name, params, steps, then)
        ours = explorer.arrays(params, steps, then)
        assert worst(ours, arrays) < 1e-10, job
        assert report["summary"] == explorer.summary(ours, then or params), job
        verdicts = explorer.verdicts(ours, then or params)
        assert report.get("verdicts", {}) == verdicts, job


ASKING = [explorer for explorer in ENGINES if explorer.question]


@pytest.mark.parametrize("explorer", ASKING, ids=lambda explorer: explorer.name)
def test_verdicts_agree_at_the_end_of_a_run(blank, explorer):
    """As many sentences as choices, each its own."""
    params = explorer.check({})
    steps = 4000 if explorer.still else 0
    _, report = run_engine(blank, explorer.name, params, steps)
    ours = explorer.verdicts(explorer.arrays(params, steps), params)
    assert report["verdicts"] == ours
    assert len(set(ours.values())) == len(explorer.question.choices)


@pytest.mark.parametrize("explorer", ENGINES, ids=lambda explorer: explorer.name)
def test_engine_equals_its_twin(blank, explorer):
    check_parity(blank, explorer)
