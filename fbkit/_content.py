"""One hash for all that a value holds; of a function, for all that it would do.

A function counts with its compiled code, its defaults, the variables of its closure and
every global that its code names, functions and classes in turn by theirs. What stands
in an installed package counts by name and that package's version.

The compiled code is what runs: a source that was edited and not imported again is not.
"""

from __future__ import annotations

import builtins
import copyreg
import dis
import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import (
    BuiltinFunctionType,
    CodeType,
    EllipsisType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
    NoneType,
)
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

ATOMS = (NoneType, bool, int, float, complex, str, bytes, EllipsisType)
GLOBALS = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}
ATTRIBUTES = {"LOAD_ATTR", "LOAD_METHOD"}
# Of a class, what is made anew with it and says nothing.
MADE = {"__dict__", "__weakref__", "_abc_impl"}
MISSING = "(missing)"


class Unknown(Exception):
    """A value whose content cannot be told, such as an open file."""


def content_key(value: Any) -> str:
    """A hash of a value, the same in every process of one version of Python.

    Types count: 1, 1.0, True and "1" are four values, and so are [1], (1,) and an array
    of it. The order of a dict counts, that of a set does not.

    Raises
    ------
    Unknown
        Where something in the value can be read by nobody: a lock, an open file.

    >>> content_key([1]) == content_key([1]), content_key([1]) == content_key((1,))
    (True, False)
    >>> content_key(lambda x: x + 1) == content_key(lambda x: x + 2)
    False
    """
    try:
        return _Hasher().of(value).hex()
    except RecursionError:
        raise Unknown("value that is nested too deep") from None


class _Hasher:
    """Hashes of values by identity, so that nothing is read twice."""

    def __init__(self):
        # Ids of values that hold the one that is read now, outermost first.
        self.outer: list[int] = []
        # With the value itself: no other one may get its id meanwhile.
        self.known: dict[int, tuple[Any, bytes]] = {}

    def of(self, value: Any) -> bytes:
        if type(value) in ATOMS:
            return _digest(type(value).__name__, repr(value))
        if id(value) in self.known:
            return self.known[id(value)][1]
        if id(value) in self.outer:
            return _digest("circle", str(self.outer.index(id(value))))
        self.outer.append(id(value))
        try:
            found = _digest(type(value).__qualname__, *self.parts(value))
        finally:
            self.outer.pop()
        self.known[id(value)] = value, found
        return found

    def all(self, values: Iterable) -> list[bytes]:
        return [self.of(value) for value in values]

    def parts(self, value: Any) -> Iterable[str | bytes]:
        """What a value consists of, in an order that is always the same."""
        if isinstance(value, type):
            return self.of_class(value)
        if _is_tensor(value):
            return self.of_tensor(value)
        read = READERS.get(type(value), _Hasher.of_object)
        return read(self, value)

    def of_dict(self, value: dict) -> Iterable[bytes]:
        return self.all(part for item in value.items() for part in item)

    def of_set(self, value: set) -> Iterable[bytes]:
        return sorted(self.all(value))

    def of_array(self, value: np.ndarray) -> Iterable[str | bytes]:
        head = [repr(value.dtype), repr(value.shape)]
        if value.dtype.hasobject:
            return [*head, *self.all(value.ravel().tolist())]
        return [*head, value.tobytes()]

    def of_tensor(self, value: Any) -> Iterable[str | bytes]:
        # What torch would pickle holds an address in memory.
        try:
            plain = value.detach().cpu().contiguous().reshape(-1)
            content = plain.view(sys.modules["torch"].uint8).numpy()
        except (RuntimeError, NotImplementedError):  # sparse, or without storage
            raise Unknown(type(value).__qualname__) from None
        head = [str(value.dtype), str(value.device), str(value.requires_grad)]
        return [*head, str(tuple(value.shape)), content.tobytes()]

    def of_object(self, value: Any) -> Iterable[bytes]:
        """By what pickle would keep of it."""
        reduce = copyreg.dispatch_table.get(type(value))
        try:
            kept = reduce(value) if reduce else value.__reduce_ex__(4)
        except Exception:
            if callable(value) and hasattr(value, "__name__"):  # compiled
                return [str(getattr(value, "__module__", "")), value.__name__]
            raise Unknown(type(value).__qualname__) from None
        if isinstance(kept, str):  # the name of something there is one of
            return [type(value).__module__, kept]
        make, arguments, state, items, pairs = [*kept, *5 * [None]][:5]
        items, pairs = list(items or ()), list(pairs or ())
        return self.all([make, arguments, state, items, pairs])

    def of_attributes(self, names: list[str], value: Any) -> Iterable[bytes]:
        return self.all(getattr(value, name) for name in names)

    def of_builtin(self, value: Any) -> Iterable[str | bytes]:
        owner = value.__self__
        name = [str(value.__module__), value.__qualname__]
        if owner is None or isinstance(owner, (ModuleType, type)):
            return name
        try:
            return self.of_object(value)
        except Unknown:  # of a compiled library, whose functions have owners, too
            return name

    # ---- code ----

    def of_function(self, value: FunctionType) -> Iterable[str | bytes]:
        if _is_installed(value):
            return _by_name(value)
        cells = [_content(cell) for cell in value.__closure__ or ()]
        own = [value.__code__, value.__defaults__, value.__kwdefaults__, cells]
        reached = list(_reached(value.__code__, value.__globals__))
        return self.all([*own, vars(value), *reached])

    def of_code(self, value: CodeType) -> Iterable[bytes]:
        names = [value.co_names, value.co_varnames, value.co_freevars]
        counts = [value.co_argcount, value.co_posonlyargcount]
        counts += [value.co_kwonlyargcount, value.co_flags]
        return self.all(
            [value.co_code, value.co_consts, value.co_exceptiontable, *names, *counts]
        )

    def of_class(self, value: type) -> Iterable[str | bytes]:
        if _is_installed(value):
            return _by_name(value)
        members = [
            [name, member]
            for name, member in vars(value).items()
            if name not in MADE and (callable(member) or not name.startswith("__"))
        ]
        return [value.__qualname__, *self.all([*value.__bases__, *members])]

    def of_module(self, value: ModuleType) -> Iterable[str | bytes]:
        if _is_installed_module(value.__name__):
            return [value.__name__, _version(value.__name__)]
        content = [
            [name, member]
            for name, member in vars(value).items()
            if not name.startswith("__")
        ]
        return self.all(content)


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _reader(*names: str) -> Callable[[_Hasher, Any], Iterable[bytes]]:
    return lambda hasher, value: hasher.of_attributes(list(names), value)


READERS = {
    list: _Hasher.all,
    tuple: _Hasher.all,
    dict: _Hasher.of_dict,
    MappingProxyType: _Hasher.of_dict,
    set: _Hasher.of_set,
    frozenset: _Hasher.of_set,
    np.ndarray: _Hasher.of_array,
    FunctionType: _Hasher.of_function,
    CodeType: _Hasher.of_code,
    ModuleType: _Hasher.of_module,
    BuiltinFunctionType: _Hasher.of_builtin,
    MethodType: _reader("__func__", "__self__"),
    staticmethod: _reader("__func__"),
    classmethod: _reader("__func__"),
    property: _reader("fget", "fset", "fdel"),
    functools.cached_property: _reader("func"),
    type(functools.lru_cache(abs)): _reader("__wrapped__"),
    MemberDescriptorType: _reader("__name__"),
    GetSetDescriptorType: _reader("__name__"),
    # A cache, as of `singledispatch`: nothing hangs on what it holds.
    WeakKeyDictionary: _reader(),
}


def _digest(*parts: str | bytes) -> bytes:
    found = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        found.update(len(content).to_bytes(8, "big"))
        found.update(content)
    return found.digest()


# ---- from code to what it names ----


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a name that is not set yet
        return MISSING


def _reached(code: CodeType, names: dict[str, Any]) -> Iterator[Any]:
    """The globals that code names, each once, and the modules that it imports."""
    for first, *attributes in dict.fromkeys(_chains(code)):
        if not first.startswith("__"):
            yield _followed(names.get(first, vars(builtins).get(first)), attributes)
    for name in dict.fromkeys(_imports(code, names.get("__package__"))):
        yield _module(name)


def _followed(start: Any, attributes: list[str]) -> Any:
    """From a module along its attributes, as far as they lead to other modules."""
    for attribute in attributes:
        own = isinstance(start, ModuleType) and not _is_installed_module(start.__name__)
        if not own:
            break
        start = getattr(start, attribute, MISSING)
    return start


def _chains(code: CodeType) -> Iterator[tuple[str, ...]]:
    """Globals with the attributes read from them: `models.build(3)` is (models, build).

    Functions inside a function are part of it.
    """
    chain: tuple[str, ...] = ()
    for one in _instructions(code):
        if chain and one.opname in ATTRIBUTES:
            chain = (*chain, one.argval)
            continue
        if chain:
            yield chain
        chain = (one.argval,) if one.opname in GLOBALS else ()
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _chains(part)


def _imports(code: CodeType, package: str | None) -> Iterator[str]:
    """Full names of the modules that code imports when it runs."""
    steps = _instructions(code)
    for at, one in enumerate(steps):
        if one.opname == "IMPORT_NAME":
            dots = "." * steps[at - 2].argval
            yield importlib.util.resolve_name(dots + one.argval, package)
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _imports(part, package)


def _instructions(code: CodeType) -> list[dis.Instruction]:
    return [one for one in dis.get_instructions(code) if one.opname != "EXTENDED_ARG"]


def _module(name: str) -> Any:
    """A module, or of an installed one its version: that need not be imported."""
    if _is_installed_module(name):
        return [name, _version(name)]
    try:
        return importlib.import_module(name)
    except ImportError:
        return MISSING


# ---- what is installed ----


def _by_name(value: FunctionType | type) -> list[str]:
    return [value.__module__, value.__qualname__, _version(value.__module__)]


def _is_installed(value: FunctionType | type) -> bool:
    """Whether a function or class can be had by its name from an installed package."""
    found = sys.modules.get(value.__module__)
    if found is None or not _is_installed_module(found.__name__):
        return False
    for name in value.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is value


@functools.cache
def _is_installed_module(name: str) -> bool:
    if name == "__main__":
        return False
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        return True
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):  # made at a prompt
        return False
    places = [*(spec.submodule_search_locations or ()), spec.origin] if spec else []
    return any(place and _is_library(Path(place)) for place in places)


def _is_library(path: Path) -> bool:
    if {"site-packages", "dist-packages"} & set(path.parts):
        return True
    homes = (sysconfig.get_path(name) for name in ("purelib", "platlib"))
    return any(path.is_relative_to(home) for home in homes)


@functools.cache
def _version(name: str) -> str:
    """Of the package that a module belongs to; "" for Python's own."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        return ""
    found = _distributions().get(top, [])
    return " ".join(sorted({importlib.metadata.version(one) for one in found}))


@functools.cache
def _distributions() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())
