"""Many networks trained on the logistic map, and what they make of the circle map.

    python -m fbkit.chapters.chaotic_time_series.runs
    python -m fbkit.chapters.chaotic_time_series.runs small shown

The first trains all of them (some 25 minutes on one core) and writes runs.npz; the
second trains these kinds only, and keeps the others of the file.

A run is a group of networks, all from one seed. Each network has a start and training
series of its own; the group shares its test series. `group` reads the stored ones, the
seeds of the build and of the calibrations, and trains any other.
"""

from __future__ import annotations

import functools
import hashlib
import io
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fbkit._errors import one_of
from fbkit.chapters.chaotic_time_series.periodicity import measures
from fbkit.chapters.chaotic_time_series.series import (
    LENGTH,
    Series,
    draw,
    orbit_period,
)

if TYPE_CHECKING:
    from fbkit.chapters.chaotic_time_series.network import LKCNN

FILE = Path(__file__).with_suffix(".npz")
# Of the file; the script writes it here, so that this text, on which claims are keyed,
# changes with the data.
CHECKSUM = "094e9a1ee7492bd2f8b9bff29dc36051a1c57b82e799375dedd664861867bebd"
AGAIN = (
    "make it again with: python -m fbkit.chapters.chaotic_time_series.runs (some 25"
    " minutes on one core)"
)

TRAIN, TEST, WATCHED = 1600, 1000, 40
MOMENTS = (5, 10, 20, 50, 100, 200, 300, 400, 500)  # steps; an epoch has 50
WEAK = 0.2  # an exponent that is less, with either sign, is weak
COPIES = 20  # of each of the three series, where they are shown
# The three series that the logistic map never shows for g of 3.5 and more: a constant,
# and the two phases of a period of 2.
THREE = np.array(
    [np.zeros(LENGTH), np.resize([1.0, -1.0], LENGTH), np.resize([-1.0, 1.0], LENGTH)]
)
PARTS = ("logistic", "circle", "period 1", "period 2", "other regular", "chaotic")
# kind: kernel, networks in a group, whether THREE are among the training series
KINDS = {"large": (64, 12, False), "small": (3, 4, False), "shown": (64, 4, True)}
SEEDS = (0, 1, 2, *range(100, 120))  # of the build and of the calibrations


@functools.lru_cache(maxsize=1)
def test_series(seed: int) -> tuple[Series, Series, dict[str, np.ndarray]]:
    """The group's series of both maps, and masks of the PARTS of the circle map's."""
    logistic, circle = (
        draw("logistic", TEST, [seed, 0]),
        draw("circle", TEST, [seed, 1]),
    )
    period = np.array([orbit_period(x, tolerance=1e-4) for x in circle.raw])
    regular = circle.chaotic == 0
    masks = {
        "period 1": regular & (period == 1),
        "period 2": regular & (period == 2),
        "other regular": regular & (period != 1) & (period != 2),
        "chaotic": ~regular,
    }
    return logistic, circle, masks


def training(seed: int, number: int, shown: bool) -> Series:
    """The training series of one network of a group."""
    data = draw("logistic", TRAIN, [seed, 2, number])
    if not shown:
        return data
    more = np.repeat(THREE, COPIES, axis=0)
    return data._replace(
        values=np.concatenate([data.values, more]),
        chaotic=np.append(data.chaotic, np.zeros(len(more), int)),
    )


def train_group(kind: str, seed: int) -> dict[str, np.ndarray]:
    """What `group` returns, by training."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    networks = [train_one(kind, seed, number) for number in range(KINDS[kind][1])]
    torch.set_num_threads(threads)
    _, _, masks = test_series(seed)
    part = np.array([masks[name].mean() for name in PARTS[2:4]], np.float32)
    return {
        name: np.array([one[name] for one in networks], np.float32)
        for name in networks[0]
    } | {"part": part}


def train_one(kind: str, seed: int, number: int) -> dict[str, list | np.ndarray]:
    """What `group` holds of one of its networks."""
    from fbkit.chapters.chaotic_time_series.network import LKCNN, calls_chaotic, train

    kernel, _, shown = KINDS[kind]
    logistic, circle, masks = test_series(seed)
    start = 16 * seed + number
    net = LKCNN(kernel, start)
    before, learned = watched(net, seed), []

    def watch(step: int, net: LKCNN) -> None:
        if step in MOMENTS and kind == "large":
            learned.append(by_exponent(net, logistic))

    train(net, training(seed, number, shown), start, watch=watch)
    found = {
        "right": shares(net, logistic, circle, masks),
        "answers": calls_chaotic(net, THREE),
    }
    if kind == "large":
        found |= {"learned": learned, "periodic": [before, watched(net, seed)]}
    return found


def shares(net: LKCNN, logistic: Series, circle: Series, masks: dict) -> list[float]:
    """Shares of the PARTS that get their label."""
    from fbkit.chapters.chaotic_time_series.network import accuracy, calls_chaotic

    right = calls_chaotic(net, circle.values) == circle.chaotic
    by_part = [right[mask].mean() for mask in masks.values()]
    return [accuracy(net, logistic), right.mean(), *by_part]


def by_exponent(net: LKCNN, data: Series) -> list[float]:
    """Shares that get their label: strongly and weakly regular, weakly and strongly
    chaotic.
    """
    from fbkit.chapters.chaotic_time_series.network import calls_chaotic

    right = calls_chaotic(net, data.values) == data.chaotic
    bins = np.digitize(data.exponent, [-WEAK, 0, WEAK])
    return [right[bins == one].mean() for one in range(4)]


def watched(net: LKCNN, seed: int) -> np.ndarray:
    """Periodicity of the activations on chaotic series of both maps: (2, layers, 3)."""
    import torch

    net.eval()
    found = []
    for data in test_series(seed)[:2]:
        x = data.values[data.chaotic == 1][:WATCHED]
        with torch.no_grad():
            maps = net.maps(torch.as_tensor(x, dtype=torch.float32))
        found.append([measures(one.numpy()) for one in maps])
    return np.array(found)


def group(kind: str, seed: int) -> dict[str, np.ndarray]:
    """A group of n networks, stored or trained now.

    It has `right` (n, 6), the shares of PARTS that get their label; `answers` (n, 3),
    1 where the network calls one of THREE chaotic; `part` (2,), the shares of periods 1
    and 2 in the circle map's test series; for large kernels also `learned` (n, moments,
    4), see `by_exponent`, and `periodic` (n, 2, 2, layers, 3): before and after
    training, chaotic series of the logistic and of the circle map.
    """
    one_of("kind", kind, KINDS)
    if seed not in SEEDS:
        return train_group(kind, seed)
    place = SEEDS.index(seed)
    return {
        name.removeprefix(f"{kind} "): value[place].astype(float)
        for name, value in _stored().items()
        if name.startswith(f"{kind} ")
    }


def everything(kind: str) -> dict[str, np.ndarray]:
    """The stored networks of all groups, in one: arrays (networks, ...)."""
    groups = [group(kind, seed) for seed in SEEDS]
    return {
        name: np.concatenate([one[name] for one in groups])
        for name in groups[0]
        if name != "part"
    }


@functools.lru_cache(maxsize=1)
def _stored() -> dict[str, np.ndarray]:
    """The arrays of the file, after checking that it is whole."""
    if not FILE.exists():
        raise FileNotFoundError(
            f"{FILE.name}, the stored networks on two maps, is missing; {AGAIN}"
        )
    content = FILE.read_bytes()
    if hashlib.sha256(content).hexdigest() != CHECKSUM:
        raise ValueError(
            f"{FILE.name}, the stored networks on two maps, is damaged; {AGAIN}"
        )
    with np.load(io.BytesIO(content)) as stored:
        return dict(stored)


def main(kinds: list[str]) -> None:
    """Train these kinds, or all, and store them."""
    arrays = {}
    for kind in kinds or KINDS:
        groups = []
        for seed in SEEDS:
            begun = time.process_time()
            groups.append(train_group(one_of("the kind", kind, KINDS), seed))
            took = time.process_time() - begun
            right = groups[-1]["right"].mean(axis=0).round(3)
            print(f"{kind}, seed {seed}: {right}, {took:.0f} s", flush=True)
        for name in groups[0]:
            arrays[f"{kind} {name}"] = np.array([one[name] for one in groups])
    kept = {}
    if kinds and FILE.exists():
        with np.load(FILE) as stored:
            kept = dict(stored)
    np.savez_compressed(FILE, **kept | arrays)
    _note_checksum()


def _note_checksum() -> None:
    """Write the file's checksum into this module."""
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    module = Path(__file__)
    text = module.read_text(encoding="utf-8")
    text = text.replace(f'CHECKSUM = "{CHECKSUM}"', f'CHECKSUM = "{digest}"')
    module.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
