"""Every public door with a valid call, what may come through it, and what comes out.

A door is a line of a table: a function and arguments that it takes. Each argument that
is an array is replaced by every bad array, and so are numbers, words and records such
as a basis, one at a time; `tests/unit/test_doors.py` does that.
"""

import math
import resource
import signal
import traceback
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import torch

import fbkit as fb

SECONDS = 8  # of computing that one call may take
ROOM = 10 * 10**9  # bytes
TAKEN = Path("/proc/self/statm")  # in pages
FOLDER = str(Path(fb.__file__).parent)


@dataclass
class Door:
    """A function, arguments it takes, and kinds of bad input that mean something here:
    NaN is a gap in a curve.
    """

    function: Callable
    arguments: dict
    fine: frozenset

    def __call__(self, **changed):
        return self.function(**self.arguments | changed)

    def named(self, kind):
        """Names of the arguments of a kind: array, number, word or record."""
        return [k for k, v in self.arguments.items() if _kind(v) == kind]


def door(function: Callable, fine: tuple = (), **arguments) -> Door:
    return Door(function, arguments, frozenset(fine))


def _kind(value):
    if isinstance(value, np.ndarray):
        return "array"
    if isinstance(value, str):
        return "word"
    if is_dataclass(value):
        return "record"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if number else "other"


# Bad arrays, each made from the valid one and a random generator.


def _with(entry):
    def spoilt(array, rng):
        array = array.astype(float)
        array.flat[rng.integers(array.size)] = entry
        return array

    return spoilt


def _with_object(entry):
    def spoilt(array, rng):
        array = array.astype(object)
        array.flat[rng.integers(array.size)] = entry
        return array if rng.integers(2) else array.tolist()

    return spoilt


def _masked(array, rng):
    mask = np.zeros(array.shape, bool)
    mask.flat[rng.integers(array.size)] = True
    return np.ma.masked_array(array, mask)


def _masked_in_a_list(array, rng):
    return list(_masked(np.atleast_2d(array), rng))


def _ragged(array, rng):
    rows = np.atleast_2d(array).tolist()
    rows.insert(rng.integers(len(rows) + 1), rows[0][1:] + [[1.0]])
    return rows


REFUSED_ARRAYS = {
    "nan": _with(np.nan),
    "infinite": _with(np.inf),
    "minus infinite": _with(-np.inf),
    "complex": lambda a, rng: a + 1j * rng.normal(size=a.shape),
    "complex without imaginary part": lambda a, rng: a.astype(complex),
    "complex tensor": lambda a, rng: torch.tensor(a + 0j),
    "masked": _masked,
    "masked in a list": _masked_in_a_list,
    "dates": lambda a, rng: a.astype(int).astype("M8[s]"),
    "durations": lambda a, rng: a.astype(int).astype("m8[ns]"),
    "texts": lambda a, rng: a.astype(str),
    "texts in a list": lambda a, rng: a.astype(str).tolist(),
    "text": lambda a, rng: "values",
    "bytes": lambda a, rng: b"123",
    "ragged": _ragged,
    "dict": lambda a, rng: dict(enumerate(a.ravel().tolist())),
    "set": lambda a, rng: set(a.ravel().tolist()),
    "generator": lambda a, rng: (entry for entry in a),
    "function": lambda a, rng: lambda: a,
    "too large": _with_object(10**400),
    "far too large": _with_object(10**5000),
    "none inside": _with_object(None),
    "text inside": _with_object("one"),
    "complex inside": _with_object(1j),
    "thing inside": _with_object(object()),
    "empty": lambda a, rng: [],
    "no rows": lambda a, rng: np.empty((0, *a.shape[1:])),
    "no columns": lambda a, rng: np.empty((*a.shape[:1], 0)),
    "meta": lambda a, rng: torch.tensor(a, device="meta"),
}
# Some doors take these, rightly: then the answer must be finite numbers.
OTHER_SHAPES = {
    "none": lambda a, rng: None,
    "one number": lambda a, rng: float(rng.normal()),
    "one entry": lambda a, rng: a.ravel()[:1],
    "an axis more": lambda a, rng: a[None],
    "an axis more at the end": lambda a, rng: a[..., None],
    "two axes more": lambda a, rng: a[None, None],
    "a row less": lambda a, rng: a[1:],
    "a row more": lambda a, rng: np.concatenate([a, a[:1]]),
    "flat": lambda a, rng: a.ravel(),
    "twice": lambda a, rng: np.stack([a, a]),
    "zeros": lambda a, rng: np.zeros(a.shape),
    "equal": lambda a, rng: np.full(a.shape, rng.normal()),
    "below zero": lambda a, rng: -np.abs(a) - rng.integers(3),
    "in disorder": lambda a, rng: rng.permutation(a),
    "truth values": lambda a, rng: rng.integers(0, 2, a.shape).astype(bool),
}
REFUSED_NUMBERS = {
    "nan": math.nan,
    "infinite": math.inf,
    "minus infinite": -math.inf,
    "too large": 10**400,
    "far too large": 10**5000,
    "complex": 1j,
    "text": "2",
    "bytes": b"2",
    "dict": {2: 2},
    "set": {2},
    "function": len,
    "thing": object(),
    "duration": np.timedelta64(2, "ns"),
    "date": np.datetime64("2020-01-01"),
    "masked": np.ma.masked,
    "empty": [],
    "ragged": [[1], [1, 2]],
}
OTHER_NUMBERS = {
    "none": None,
    "true": True,
    "zero": 0,
    "minus one": -1,
    "a half": 0.5,
    "two and a half": 2.5,
    "minus a tenth": -0.1,
    "large": 10**6,
    "huge": 10**9,
    "beyond all memory": 10**15,
    "beyond 64 bits": 2**64,
    "largest float": 1e308,
    "smallest float": 5e-324,
    "minus a lot": -(10**9),
    "list": [2],
    "matrix": np.eye(2),
}
DRAWN_NUMBERS = {
    "below zero": lambda rng: -int(rng.integers(1, 10**6)),
    "beyond all memory": lambda rng: 10 ** int(rng.integers(11, 400)),
    "between whole numbers": lambda rng: float(
        rng.normal() * 10.0 ** rng.integers(-9, 9)
    ),
    "large between": lambda rng: 1.5 * 10.0 ** rng.integers(11, 300),
}
REFUSED_WORDS = {
    "nonsense": "nonsense",
    "empty": "",
    "bytes": b"even",
    "number": 3,
    "list": ["even"],
    "dict": {},
    "thing": object(),
    "far too large": 10**5000,
    "long": "even" * 100_000,
}
REFUSED_RECORDS = {
    "none": None,
    "number": 8,
    "text": "circle",
    "array": np.ones(8),
    "list": [1.0, 2.0],
    "dict": {},
    "function": fb.circle,
    "class": fb.Basis,
    "another record": Door(len, {}, frozenset()),
}


def bad_inputs(door: Door, least: int):
    """(kind, name of the argument, value, whether it must be refused), until there are
    as many as asked for and none of the tables is left out.
    """
    rng = np.random.default_rng(0)
    count = 0
    for kind, name, value, must in _fixed(door):
        count += 1
        yield kind, name, value, must
    while count < least:
        for kind, name, value, must in _drawn(door, rng):
            count += 1
            yield kind, name, value, must


def _fixed(door):
    for name in door.named("number"):
        for kind, value in REFUSED_NUMBERS.items():
            yield kind, name, value, kind not in door.fine
        for kind, value in OTHER_NUMBERS.items():
            yield kind, name, value, False
    for name in door.named("word"):
        for kind, value in REFUSED_WORDS.items():
            yield kind, name, value, True
    for name in door.named("record"):
        for kind, value in REFUSED_RECORDS.items():
            yield kind, name, value, True
    yield from _spoilt(door, np.random.default_rng(1))


def _drawn(door, rng):
    yield from _spoilt(door, rng)
    for name in door.named("number"):
        for kind, draw in DRAWN_NUMBERS.items():
            yield kind, name, draw(rng), False
    for name in door.named("word"):
        yield "letters", name, "".join(rng.choice(list("evnodpric"), 6)), True
    for name in door.named("record"):
        yield "drawn", name, rng.normal(size=rng.integers(4)), True


def _spoilt(door, rng):
    for name in door.named("array"):
        array = door.arguments[name]
        for kind, spoil in REFUSED_ARRAYS.items():
            yield kind, name, spoil(array, rng), kind not in door.fine
        for kind, spoil in OTHER_SHAPES.items():
            yield kind, name, spoil(array, rng), False


HARMLESS = {
    "list": lambda a: a.tolist(),
    "tuple": lambda a: tuple(a.tolist()),
    "objects": lambda a: a.astype(object),
    "every second": lambda a: np.repeat(a, 2, axis=0)[::2],
    "backwards": lambda a: a[::-1].copy()[::-1],
    "Fortran": np.asfortranarray,
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "read-only": lambda a: _read_only(a),
    "nothing masked": lambda a: np.ma.masked_array(a, mask=False),
    "long double": lambda a: a.astype(np.longdouble),
    "tensor": lambda a: torch.tensor(a),
    "tensor with gradient": lambda a: torch.tensor(a, requires_grad=a.dtype == float),
}
WHERE_EXACT = {
    "single precision": lambda a: a.astype(np.float32),
    "half precision": lambda a: a.astype(np.float16),
    "bfloat16": lambda a: torch.tensor(a).to(torch.bfloat16),
    "whole numbers": lambda a: a.astype(np.int64),
}


def _read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def harmless(array):
    """{name: the same numbers in another form}."""
    forms = {name: form(array) for name, form in HARMLESS.items()}
    for name, form in WHERE_EXACT.items():
        there = form(array)
        back = np.asarray(there.double() if hasattr(there, "double") else there)
        if np.array_equal(back, array):
            forms[name] = there
    return forms


def forms_of_a_number(number: float) -> dict:
    """{name: the same number in another form}."""
    forms = {
        "NumPy's": np.float64(number),
        "an array": np.array(number),
        "a tensor": torch.tensor(float(number), dtype=float, requires_grad=True),
        "Fraction": Fraction(number),
    }
    if isinstance(number, int):
        forms |= {"float": float(number), "one byte": np.int8(number)}
    return forms


class OutOfTime(BaseException):
    """No `except Exception` on the way catches it."""


@contextmanager
def limited():
    """Ends what computes for longer than SECONDS or takes more than ROOM."""

    def stop(number, frame):
        raise OutOfTime

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    memory = resource.getrlimit(resource.RLIMIT_AS)
    if TAKEN.exists():  # on Linux
        taken = int(TAKEN.read_text(encoding="ascii").split()[0])
        most = taken * resource.getpagesize() + ROOM
        resource.setrlimit(resource.RLIMIT_AS, (most, memory[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, memory)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def fault(door: Door, changed: dict, must_refuse: bool) -> str | None:
    """What is wrong with the way in which a door takes bad input, or None.

    Right is one sentence of fbkit's own, and where the input may mean something also an
    answer of finite numbers.
    """
    try:
        with limited(), warnings.catch_warnings():
            warnings.simplefilter("error")
            answer = door(**changed)
    except OutOfTime:
        return f"no answer in {SECONDS} s"
    except (ValueError, TypeError) as error:
        return _no_sentence(error)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    if must_refuse:
        return f"accepted: {str(answer)[:60]}"
    if "nan" not in door.fine and not all(
        np.isfinite(part).all() for part in _arrays(answer)
    ):
        return "an answer that is not finite"
    return None


def _no_sentence(error):
    message = str(error)
    place = traceback.extract_tb(error.__traceback__)[-1].filename
    one = message.endswith((".", "?).")) and "\n" not in message
    if one and 20 < len(message) < 500 and place.startswith(FOLDER):
        return None
    return f"{type(error).__name__} in {place}: {message[:200]}"


def _arrays(answer):
    if isinstance(answer, np.ndarray | float | int):
        yield np.abs(answer)
    elif isinstance(answer, dict):
        yield from _arrays(list(answer.values()))
    elif isinstance(answer, list | tuple):
        for part in answer:
            yield from _arrays(part)
    elif is_dataclass(answer):
        for field in fields(answer):
            if field.name not in ("figure", "evaluate"):
                yield from _arrays(getattr(answer, field.name))


def same(one, other) -> bool:
    """Whether two answers are equal to the last bit, arrays and records in them too."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, partial):
        return one.func is other.func and same(one.keywords, other.keywords)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if is_dataclass(one):
        names = [field.name for field in fields(one)]
        kept = [name for name in names if name not in ("figure", "evaluate")]
        return all(same(getattr(one, name), getattr(other, name)) for name in kept)
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


# The doors. Arrays are of numbers that single precision holds where that is possible.

EIGHT = np.array([1.0, -2.0, 3.5, 0.25, 4.0, -1.5, 2.0, 0.5])
ANGLES = np.array([-3.0, -2.0, -1.25, -0.5, 0.25, 1.0, 1.75, 2.5])
AXES = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, -1], [-1, 0, 0]])
CIRCLE = fb.circle(8)
UNEVEN = fb.circle(ANGLES, 2)
INTERVAL = fb.interval(8, extension="even")

BASIS = {
    "circle": door(fb.circle, points=8, highest=2),
    "circle of angles": door(fb.circle, points=ANGLES, highest=2),
    "interval": door(
        fb.interval, points=8, low=-1.0, high=1.0, extension="even", count=3
    ),
    "modes of a circle": door(CIRCLE.evaluate, angles=ANGLES),
    "modes of an interval": door(fb.interval(8).evaluate, x=ANGLES),
    "cosines": door(INTERVAL.evaluate, x=ANGLES),
    "sines of an interval": door(fb.interval(8, extension="odd").evaluate, x=ANGLES),
    "Walsh functions": door(fb.cube(2).evaluate, points=np.eye(4)[:, :2]),
    "harmonics": door(fb.sphere(2).evaluate, points=AXES),
    "zonal harmonics": door(fb.zonal(AXES, AXES, [0, 1, 1, 2]).evaluate, points=AXES),
    "taper": door(fb.taper, values=EIGHT, basis=INTERVAL, window="none"),
    "analyse": door(lambda values: CIRCLE.analyse(values), values=EIGHT),
    "analyse, uneven": door(lambda values: UNEVEN.analyse(values), values=EIGHT),
    "synthesise": door(
        lambda coefficients, at: CIRCLE.synthesise(coefficients, at),
        coefficients=EIGHT,
        at=ANGLES,
    ),
    "cube": door(fb.cube, bits=3),
    "fwht": door(fb.basis.fwht, values=EIGHT),
    "degree_spectrum": door(fb.degree_spectrum, values=EIGHT),
    "sphere": door(fb.sphere, highest=2),
    "sphere_points": door(fb.sphere_points, count=3, dim=3, seed=1),
    "sphere_multiplicity": door(fb.sphere_multiplicity, dim=3, degree=2),
    "multiplicities": door(
        fb.sphere_multiplicity, dim=3, degree=np.array([0.0, 1.0, 4.0])
    ),
    "legendre_sphere": door(
        fb.legendre_sphere, degree=3, dim=3, cosines=np.array([-1.0, 0.25, 0.5])
    ),
    "zonal": door(
        fb.zonal, X=AXES, directions=AXES[1:], degrees=np.array([0.0, 1.0, 2.0])
    ),
    "zonal_projection": door(
        fb.basis.zonal_projection, values=EIGHT[:4], X=AXES, direction=AXES[0], degree=1
    ),
    "degree_energy": door(fb.basis.degree_energy, values=EIGHT[:4], X=AXES, degree=1),
    "random_harmonic": door(fb.random_harmonic, dim=3, degree=2, seed=1, count=5),
    "a random harmonic": door(
        lambda points: fb.random_harmonic(3, 2, count=5)(points), points=AXES
    ),
    "circle_quadrature_weights": door(
        fb.circle_quadrature_weights, angles=ANGLES, highest=2
    ),
    "sobolev_matrix": door(
        fb.basis.sobolev_matrix,
        angles=ANGLES,
        weights=np.full(8, 0.125),
        order=1.0,
        highest=2,
    ),
    "grid_spectrum": door(fb.grid_spectrum, values=np.arange(16.0).reshape(4, 4)),
    "ring_means": door(fb.ring_means, power=np.arange(9.0).reshape(3, 3)),
}

THREE = fb.History(
    [0, 1, 2], [1, 2, 3], [[4, 2, 1], [1, 1, 0.5], [0.25, 0.5, 0.25]], [3, 2, 1]
)
RECORD = fb.History(
    np.arange(3.0), CIRCLE.modes, np.outer([1, 0.5, 0.25], EIGHT), [3, 2, 1]
)
ON_CIRCLE = fb.on_basis(CIRCLE, EIGHT)
PLANE = fb.plane(2, 4)
SQUARE = np.arange(8.0).reshape(4, 2) / 8

RECORDS = {
    "History": door(
        fb.History,
        t=np.array([0.0, 1.0]),
        modes=np.array([1.0, 2.0, 3.0]),
        error=np.ones((2, 3)),
        loss=np.array([2.0, 1.0]),
    ),
    "bands": door(THREE.bands, edges=np.array([1.5, 2.5])),
    "select": door(THREE.select, frequencies=np.array([1.0, 3.0])),
    "learning_times": door(
        fb.learning_times,
        fine=("nan",),
        history=THREE,
        below=0.5,
        frequencies=np.array([1.0, 2.0, 3.0]),
        reference=np.array([4.0, 2.0, 1.0]),
    ),
    "lengths": door(fb.basis.lengths, modes=np.array([[3.0, 4.0], [1.0, 0.0]])),
    "frequency_list": door(
        lambda frequencies: fb.history.frequency_list(frequencies), frequencies=EIGHT
    ),
}
TARGETS = {
    "plane": door(
        lambda points, **ends: fb.plane(points, 3, **ends),
        points=4,
        low=0.0,
        high=1.0,
        extension="even",
        count=2,
    ),
    "analyse, plane": door(lambda values: PLANE.analyse(values), values=EIGHT),
    "synthesise, plane": door(
        lambda coefficients, at: PLANE.synthesise(coefficients, at),
        coefficients=EIGHT,
        at=SQUARE,
    ),
    "Target": door(
        fb.Target,
        inputs=SQUARE,
        values=EIGHT[:4],
        weights=np.array([0.25, 0.25, 0.5, 0.0]),
        positions=np.arange(4.0),
    ),
    "Target of several outputs": door(fb.Target, inputs=SQUARE, values=SQUARE),
    "on_basis": door(
        fb.on_basis,
        basis=CIRCLE,
        values=EIGHT,
        positions=ANGLES,
    ),
    "sines": door(
        fb.sines,
        basis=CIRCLE,
        frequencies=np.array([1.0, 2.0, 3.0]),
        amplitudes=np.array([1.0, 0.5, 2.0]),
    ),
    "square_wave": door(fb.square_wave, basis=CIRCLE),
    "photograph": door(fb.photograph, size=4, row=3, column=5, image="china"),
    "photograph_row": door(
        fb.photograph_row, points=8, row=3, image="flower", extension="even"
    ),
    "electrocardiogram": door(
        fb.electrocardiogram, points=8, first=3, extension="even"
    ),
    "bell": door(fb.bell, points=8, first=3, extension="even"),
    "digits": door(fb.digits, count=5, labels="random", seed=1),
    "low_pass": door(fb.observe.low_pass, X=SQUARE, variance=0.5),
    "filter_errors": door(
        fb.filter_errors,
        predictions=np.stack([SQUARE, 2 * SQUARE]),
        target=fb.Target(SQUARE, SQUARE[::-1]),
        variance=0.5,
    ),
    "projection_spectrum": door(
        fb.projection_spectrum,
        X=SQUARE * [1, -1],
        values=EIGHT[:4],
        frequencies=np.array([1.0, 2.0]),
    ),
}
LABELS = {"xlabel": "x", "ylabel": "y", "alt": "a curve"}
PLOTS = {
    "decay": door(
        lambda history, **how: fb.plot.decay(THREE, history, **how),
        history=THREE,
        frequencies=np.array([1.0, 2.0]),
        below=0.5,
    ),
    "heat": door(fb.plot.heat, history=THREE, highest=2),
    "fit": door(fb.plot.fit, target=ON_CIRCLE, history=RECORD, t=np.array([0.0, 2.0])),
    "spectrum": door(
        fb.plot.spectrum,
        basis=CIRCLE,
        highest=3,
        signal=EIGHT,
    ),
    "curves": door(
        lambda x, **how: fb.plot.curves(x, {"line": EIGHT}, **LABELS, **how),
        x=np.abs(EIGHT),
        band=np.array([1.0, 2.0]),
        xscale="linear",
        yscale="linear",
    ),
    "curves, lines": door(
        lambda line, runs: fb.plot.curves(
            np.abs(EIGHT), {"line": line, "runs": runs}, **LABELS
        ),
        fine=("nan", "infinite", "minus infinite"),
        line=EIGHT,
        runs=np.stack([EIGHT, 2 * EIGHT]),
    ),
    "images": door(
        lambda one, other, **how: fb.plot.images(
            {"one": one, "other": other}, alt="two", **how
        ),
        one=SQUARE,
        other=SQUARE,
        colours="gray",
        edges=np.array([0.0, 1.0, 0.0, 2.0]),
    ),
}

# The theory: kernels, dynamics, the frequency equation, interpolation, breaklines.

KERNEL = fb.ntk(inputs=3)
PROFILE = fb.relu_profile("cao")
FREQUENCIES = np.linspace(-4, 4, 33)
HILL = 0.5 ** np.abs(FREQUENCIES)
SPREAD = np.full(33, 0.125)
PLANE_AXES = (np.linspace(-2, 2, 5), np.linspace(-3, 3, 7))
FINITE = fb.pde.frequency_operator(SPREAD, 0.5, FREQUENCIES)
TIMES = np.array([0.0, 0.5, 2.0])
LINE = np.array([-1.0, -0.25, 0.5, 2.0])
BENT = np.array([1.0, -0.5, 0.25, 1.5])
GRAM = np.array([[2.0, 1.0, 0, 0], [1, 3, 0.5, 0], [0, 0.5, 1, 0], [0, 0, 0, 4]])
MU, MANY = np.array([0.5, 0.25, 0.0]), np.array([1.0, 8.0, 4.0])
RATES = np.array([4.0, 2.0, 0.5, 0.25])


def normal_waves(z):
    return np.exp(-np.square(z) / 2)


def _without_warning(function):
    def quiet(**arguments):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return function(**arguments)

    return quiet


COMPLEX = (
    "complex",
    "complex without imaginary part",
    "complex tensor",
    "complex inside",
)


def _descent(method, **more):
    run = door(method, rates=RATES[:2], start=BENT[:2], steps=4, lr=0.125, **more)
    gram = door(
        method,
        rates=GRAM,
        start=BENT,
        steps=np.array([0.0, 1, 5]),
        lr=0.125,
        weights=np.array([0.5, 0.25, 0.125, 0.125]),
        loss_matrix=None,
        onto=GRAM[:, :2],
        **more,
    )
    return {method.__name__: run, f"{method.__name__}, Gram": gram}


THEORY = {
    "gram": door(lambda X, Y: KERNEL.gram(X, Y), X=AXES, Y=AXES[1:]),
    "gram of a dtype": door(
        lambda X, dtype: KERNEL.gram(X, dtype=dtype), X=AXES, dtype="float64"
    ),
    "covariance": door(lambda X: KERNEL.covariance(X), X=AXES),
    "profile": door(lambda theta: KERNEL.profile(theta), COMPLEX, theta=ANGLES),
    "ntk": door(
        lambda **how: fb.ntk(**how).gram(AXES),
        depth=3,
        activation="erf",
        weight_std=1.0,
        bias_std=0.5,
        output_std=1.0,
        output_bias_std=0.25,
        inputs=3,
    ),
    "rates": door(fb.rates, kernel=np.eye(8) + 1, basis=CIRCLE),
    "relu_profile": door(fb.relu_profile, name="cao"),
    "ReluProfile": door(fb.kernels.ReluProfile, outer=1.0, inner=2.0, offset=-0.5),
    "of an angle": door(lambda theta: PROFILE(theta), COMPLEX, theta=ANGLES),
    "eigenvalues": door(PROFILE.eigenvalues, dim=3, highest=4),
    "pnn_ntk": door(fb.kernels.pnn_ntk, COMPLEX, theta=ANGLES, factors=2),
    "pnn_linear_factor_ntk": door(
        fb.kernels.pnn_linear_factor_ntk, COMPLEX, theta=ANGLES
    ),
    "circle_spectrum": door(fb.circle_spectrum, profile=np.cos, highest=4),
    "sphere_spectrum": door(fb.sphere_spectrum, profile=np.cos, dim=3, highest=4),
    "cube_spectrum": door(fb.cube_spectrum, profile=np.cos, bits=3),
    "finite_two_layer_ntk": door(
        fb.kernels.finite_two_layer_ntk,
        X=AXES[:, :2],
        inner=AXES.T,
        outer=BENT,
        activation="relu",
        weight_std=1.0,
        bias_std=0.5,
    ),
    "gradient_flow": door(fb.gradient_flow, rates=RATES, start=BENT, t=TIMES),
    "gradient_flow, Gram": door(
        fb.gradient_flow,
        rates=GRAM,
        start=BENT,
        t=TIMES,
        modes=np.arange(2.0),
        weights=np.array([0.5, 0.25, 0.125, 0.125]),
        onto=GRAM[:, :2],
    ),
    "gradient_flow, Sobolev": door(
        fb.gradient_flow, rates=GRAM, start=BENT, t=TIMES, loss_matrix=GRAM + np.eye(4)
    ),
    **_descent(fb.gradient_descent),
    **_descent(fb.heavy_ball, momentum=0.5),
    **_descent(fb.nesterov, momentum=0.5),
    "mode_factor": door(
        fb.dynamics.mode_factor, z=np.arange(4.0), method="nesterov", momentum=0.5
    ),
    "mode_trajectory": door(
        fb.dynamics.mode_trajectory,
        z=np.array([0.5, 3.0]),
        steps=5,
        method="heavy_ball",
        momentum=0.5,
    ),
    "pinn_rates": door(
        fb.dynamics.pinn_rates, rates=RATES, order=2, frequencies=np.arange(4.0)
    ),
    "effective_train_eigenvalue": door(
        fb.effective_train_eigenvalue,
        eigenvalues=MU,
        multiplicity=MANY,
        count=20,
        tail=0.25,
    ),
    "descent_on_samples": door(
        fb.descent_on_samples,
        eigenvalues=MU,
        multiplicity=MANY,
        count=20,
        steps=3,
        lr=0.5,
        tail=0.25,
    ),
    "sample_spectrum": door(
        fb.sample_spectrum,
        at=np.array([0.125, 0.5]),
        eigenvalues=MU,
        multiplicity=MANY,
        count=20,
        tail=0.25,
    ),
    "density_learning_time": door(
        fb.dynamics.density_learning_time,
        frequencies=np.arange(1.0, 4),
        density=np.array([0.5, 0.25, 1.0]),
        lr=0.5,
        below=0.1,
    ),
    "effective_ridge": door(
        fb.dynamics.effective_ridge,
        count=np.array([0.0, 5, 9]),
        eigenvalues=MU,
        multiplicity=MANY,
        ridge=0.25,
        tail=0.5,
    ),
    "learning_curve": door(
        fb.learning_curve,
        count=np.array([0.0, 5, 9]),
        eigenvalues=MU,
        multiplicity=MANY,
        power=np.ones(3),
        ridge=0.25,
        noise=0.125,
        tail=0.5,
    ),
    "ntk_pde_1d": door(
        fb.ntk_pde_1d,
        COMPLEX,
        density=SPREAD,
        output_std=0.5,
        start=HILL,
        frequencies=FREQUENCIES,
        t=TIMES,
    ),
    "ntk_pde_1d, uneven data": door(
        lambda output_std, t: fb.ntk_pde_1d(
            SPREAD, output_std, HILL, FREQUENCIES, t, normal_waves
        ),
        output_std=0.5,
        t=TIMES,
    ),
    "ntk_pde_2d": door(
        lambda output_std, t, method: fb.ntk_pde_2d(
            np.full((5, 7), 1 / 64), output_std, np.ones((5, 7)), PLANE_AXES, t, method
        ),
        output_std=0.5,
        t=TIMES,
        method="krylov",
    ),
    "frequency_operator": door(
        lambda **how: [one.toarray() for one in fb.pde.frequency_operator(**how)],
        density=SPREAD,
        output_std=0.5,
        frequencies=FREQUENCIES,
    ),
    "evolve": door(
        lambda **how: fb.pde.evolve(*FINITE, **how),
        COMPLEX,
        start=HILL,
        t=TIMES,
        method="contour",
        nodes=16,
        tolerance=1e-9,
    ),
    "exact_operator": door(
        fb.exact_operator,
        kernel=normal_waves,
        output_std=0.5,
        start=BENT,
        X=LINE,
        t=TIMES,
        weights=np.full(4, 0.25),
    ),
    "torus_modes": door(
        fb.torus_modes,
        COMPLEX,
        density=np.array([0.25, 0.5, 0.25]),
        data_density=np.array([0.0, 0.5, 1.0, 0.5, 0.0]),
        start=np.array([1.0, 2.0, -1.0]),
        t=TIMES,
        lr=0.5,
        modes=np.array([-1.0, 0.0, 1.0]),
    ),
    "waterfill": door(
        fb.waterfill,
        power=HILL,
        frequencies=FREQUENCIES,
        t=0.5,
        dim=1,
        cap=1.0,
        priority=np.ones(33),
    ),
    "sample_frequencies": door(
        fb.sample_frequencies,
        density=HILL,
        frequencies=FREQUENCIES,
        count=8,
        method="sobol",
        seed=1,
    ),
    "sample_frequencies in the plane": door(
        lambda density, count, method: fb.sample_frequencies(
            density, PLANE_AXES, count, method
        ),
        density=np.ones((5, 7)),
        count=8,
        method="iid",
    ),
    "sample_features": door(
        fb.sample_features,
        density=HILL,
        frequencies=FREQUENCIES,
        count=8,
        output_std=0.5,
        method="quantile",
        seed=1,
    ),
    "spectral_weight": door(
        fb.spectral_weight,
        activation="tanh",
        frequencies=np.arange(1.0, 4),
        dim=2,
        scales=np.array([1.0, 2.0]),
        spread="bias",
        output_std=0.5,
    ),
    "kernel_from_weight": door(
        lambda at, **how: fb.interpolate.kernel_from_weight(np.exp, **how)(at),
        at=LINE,
        null_degree=-1,
        dim=1,
        tolerance=1e-3,
    ),
    "activation_from_weight": door(
        lambda at, **how: fb.activation_from_weight(np.exp, **how)(at),
        at=LINE,
        dim=1,
        tolerance=1e-3,
    ),
    "averaged_kernel": door(
        lambda at, dim: fb.interpolate.averaged_kernel(normal_waves, dim)(at),
        at=LINE,
        dim=2,
    ),
    "seminorm_kernel": door(
        lambda at, activation, dim: fb.seminorm_kernel(activation, dim)(at),
        at=LINE,
        activation="relu",
        dim=2,
    ),
    "min_seminorm_interpolant": door(
        fb.min_seminorm_interpolant,
        X=LINE,
        values=BENT,
        at=ANGLES,
        kernel=normal_waves,
        null_degree=1,
    ),
    "interpolant of an activation": door(
        fb.min_seminorm_interpolant, X=LINE, values=BENT, at=ANGLES, kernel="relu"
    ),
    "uneven_spline": door(
        fb.uneven_spline, X=LINE, values=BENT, at=ANGLES, density=normal_waves
    ),
    "lfp_interpolant": door(
        fb.lfp_interpolant, X=LINE, values=BENT, at=ANGLES, cubic=1.0, linear=0.5
    ),
    "lfp_rates": door(
        fb.lfp_rates,
        activation="relu",
        frequencies=np.arange(1.0, 4),
        dim=1,
        lengths=np.array([1.0, 2.0]),
        outer=np.array([1.0, 3.0]),
        offset_density=1.0,
        unit="angular",
    ),
    "leave_one_out": door(fb.leave_one_out, gram=GRAM, values=BENT, ridge=0.5),
    "mirrored_units": door(
        fb.interpolate.mirrored_units,
        activation=np.tanh,
        X=LINE,
        offsets=np.array([0.5, 1.0]),
        scale=2.0,
    ),
    "best_heavy_ball": door(fb.interpolate.best_heavy_ball, gram=GRAM),
    "train_output_weights": door(
        _without_warning(fb.interpolate.train_output_weights),
        features=GRAM,
        values=BENT,
        steps=120,
        lr=0.0625,
        momentum=0.5,
        tolerance=1e-9,
    ),
    "radon_parameters": door(
        fb.breaklines.radon_parameters, outer=BENT, weights=AXES[:, :3], biases=LINE
    ),
    "effective_neurons": door(fb.effective_neurons, angles=LINE, mass=BENT, bins=12),
    "effective_neurons, directions": door(
        fb.effective_neurons, angles=AXES, mass=BENT, bins=12
    ),
    "pinned_mass": door(
        fb.breaklines.pinned_mass,
        ("nan",),
        breaklines=LINE,
        mass=BENT,
        X=ANGLES,
        within=0.5,
    ),
    "breakline_ode": door(
        fb.breaklines.breakline_ode,
        outer=BENT[:3],
        weights=BENT[1:],
        biases=LINE[:3],
        X=LINE,
        values=BENT,
    ),
    "neuron_flow": door(
        fb.neuron_flow,
        ("infinite",),
        outer=BENT[:3],
        inner=AXES[:3, :2] + 1,
        X=LINE,
        values=BENT,
        t=TIMES,
        step=0.5,
        until=100.0,
    ),
    "balanced_start": door(fb.balanced_start, width=3, scale=0.5, dim=2, seed=1),
    "attractors": door(
        fb.attractors, ("minus infinite",), X=LINE, values=BENT, level=-1.0
    ),
    "escape_times": door(
        fb.breaklines.escape_times,
        X=LINE,
        values=BENT,
        scales=np.array([0.2233]),
        width=8,
        level=0.05,
        seed=1,
    ),
    "relu_power": door(
        lambda degree: fb.activations.relu_power(degree).value(LINE), degree=2
    ),
    "leaky_relu": door(
        lambda slope: fb.activations.leaky_relu(slope).value(LINE), slope=-1.0
    ),
    "activation": door(lambda name: fb.activation(name).value(LINE), name="gelu"),
    "torch_function": door(
        lambda name: fb.torch_function(name)(torch.ones(2)), name="gelu"
    ),
}

DOORS = {**BASIS, **RECORDS, **TARGETS, **PLOTS, **THEORY}
