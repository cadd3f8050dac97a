"""What a measured value depends on, as two hashes: *own* and *library*.

*Own* is the function, the names it uses in the chapters, and theirs, and the contents
of the data files that any of it reads. *Library* is what it reaches in the rest of
fbkit, name by name. Comments, docstrings, annotations, the wording of errors and the
layout count in neither, nor do `fbkit._errors` and `fbkit._bounds`, which refuse and
never change a number.

The names are found by reading the source, not by running it: a name counts as used
where it stands in a function's text, whatever a run would do with it. So a key may
change without need, and it never stays where it should change, as long as no name is
made up at run time.
"""

import ast
import functools
import hashlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import fbkit

ROOT = Path(fbkit.__file__).parent
LEFT_OUT = ("fbkit._errors", "fbkit._bounds")

Name = tuple[str, str]  # a module, and a name that is defined at its top level


@dataclass
class Source:
    """A module's text: what its top level defines, and what it imports under which
    name."""

    path: Path
    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)


def key_of(function: Callable) -> tuple[str, str]:
    """The two hashes (own, library) of a function of a seed.

    >>> def twice(seed):
    ...     return 2.0 * seed
    >>> def thrice(seed):
    ...     return 3.0 * seed
    >>> [one == other for one, other in zip(key_of(twice), key_of(thrice))]
    [False, True]
    """
    module, node = _root(function)
    own, library, files = [_text(node)], [], _data_files(module, node)
    for name in _closure(module, node):
        (library if _is_library(name[0]) else own).append(_definition(name))
        files |= _files_of(name)
    contents = [f"{path.name} {_digest(path.read_bytes())}" for path in files]
    return hash_of(own + contents), hash_of(library)


def key_of_entry(function: Callable) -> str:
    """A hash of what a claim's decorators say of it, and of all they reach: theory's
    numbers are computed there. "" for a function that no module of fbkit defines.

    >>> key_of_entry(lambda seed: 2.0 * seed)
    ''
    """
    function = inspect.unwrap(function)
    module, name = function.__module__, function.__qualname__
    source = _source(module)
    if source is None or name not in source.definitions:
        return ""
    decorators = source.definitions[name][-1].decorator_list
    texts, names, files = [_text(one) for one in decorators], set(), set()
    for one in decorators:
        names |= _closure(module, one)
        files |= _data_files(module, one)
    for one in names:
        texts.append(_definition(one))
        files |= _files_of(one)
    contents = [f"{path.name} {_digest(path.read_bytes())}" for path in files]
    return hash_of(texts + contents)


def reached(function: Callable) -> set[str]:
    """The names that a function reaches, as "module.name", its own module included.

    >>> import fbkit as fb
    >>> "fbkit.basis.fourier.Basis" in reached(fb.circle)
    True
    """
    return {f"{module}.{name}" for module, name in _closure(*_root(function))}


def forget() -> None:
    """Read every source again at the next question: for files edited meanwhile."""
    for cached in (_source, _uses, _definition, _files_of):
        cached.cache_clear()


# ---- from a function to all the names it reaches ----


def _root(function: Callable) -> tuple[str, ast.stmt]:
    """The function's module and its statement, without the decorators that enter it
    into the ledger.
    """
    function = inspect.unwrap(function)
    module, name = function.__module__, function.__qualname__
    source = _source(module)
    if source is not None and name in source.definitions:
        node = source.definitions[name][-1]
    else:  # defined at a prompt, or inside another function
        text = textwrap.dedent(inspect.getsource(function))
        node = _clean(_parse_part(text)).body[0]
    if isinstance(node, ast.FunctionDef):
        node = _without_decorators(node)
    return module, node


def _parse_part(text: str) -> ast.Module:
    """The syntax of a function that was cut out of its surroundings: a lambda among the
    arguments of a call does not stand by itself.
    """
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.parse(repr(text))


def _closure(module: str, node: ast.stmt) -> set[Name]:
    found: set[Name] = set()
    waiting = list(_names_used(module, node))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_uses(name))
    return found


@functools.cache
def _uses(name: Name) -> tuple[Name, ...]:
    module, local = name
    used: set[Name] = set()
    for statement in _source(module).definitions[local]:
        used |= _names_used(module, statement)
    return tuple(used)


def _names_used(module: str, node: ast.AST) -> set[Name]:
    """The top-level names of fbkit, or of the function's own module, in a statement."""
    source = _source(module) or Source(Path())
    inside = Source(source.path)  # imports that stand in the function itself
    for part in ast.walk(node):
        if isinstance(part, ast.Import | ast.ImportFrom):
            _enter_import(inside, part, module)
    found: set[Name] = set()
    for first, *attributes in _chains(node):
        start = _look_up(inside, module, first) or _find(module, first)
        found |= _follow(start, attributes)
    return {name for name in found if name[0] not in LEFT_OUT}


SCOPES = (
    ast.FunctionDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def _chains(node: ast.AST, local: frozenset[str] = frozenset()) -> Iterator[list[str]]:
    """Names that a run would look up outside, with the attributes read from them:
    `fb.plot.decay` is [fb, plot, decay]. Names in `local` are a function's own.
    """
    attributes: list[str] = []
    inner = node
    while isinstance(inner, ast.Attribute):
        attributes.append(inner.attr)
        inner = inner.value
    if isinstance(inner, ast.Name):
        if inner.id not in local and isinstance(inner.ctx, ast.Load):
            yield [inner.id, *reversed(attributes)]
        return
    if isinstance(inner, SCOPES):
        local = local | _bound(inner)
    for child in ast.iter_child_nodes(inner):
        yield from _chains(child, local)


def _bound(scope: ast.AST) -> set[str]:
    """Names that a function, lambda or comprehension binds itself: arguments, and what
    it assigns outside of scopes of its own.
    """
    names = set()
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.arg):
            names.add(part.arg)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        elif isinstance(part, ast.FunctionDef):
            names.add(part.name)
        if not isinstance(part, SCOPES):
            waiting.extend(ast.iter_child_nodes(part))
    return names


def _follow(start: Name | str | None, attributes: list[str]) -> set[Name]:
    """From a module along its attributes to a definition; a module that is handed on
    whole counts with all it defines.
    """
    for attribute in attributes:
        if not isinstance(start, str):
            break
        start = _find(start, attribute)
    if isinstance(start, tuple):
        return {start}
    if isinstance(start, str) and start != "fbkit":
        return {(start, name) for name in _source(start).definitions}
    return set()


def _find(module: str, name: str) -> Name | str | None:
    """Where `name` of a module is defined: a definition, a module, or neither (it is
    built in, or from another package).
    """
    source = _source(module)
    if source is None:
        return None
    if name in source.definitions:
        return module, name
    found = _look_up(source, module, name)
    if found is not None:
        return found
    if module == "fbkit" and name in fbkit.HOMES:
        return _find(f"fbkit.{fbkit.HOMES[name]}", name)
    for star in source.stars:
        found = _find(star, name)
        if found is not None:
            return found
    return _module(f"{module}.{name}")


def _look_up(source: Source, module: str, name: str) -> Name | str | None:
    """What an imported name stands for."""
    if name not in source.imports:
        return None
    target, attribute = source.imports[name]
    if attribute is None:
        return _module(target)
    if target == module:
        return None
    return _module(f"{target}.{attribute}") or _find(target, attribute)


def _module(name: str) -> str | None:
    return name if _source(name) is not None else None


def _is_library(module: str) -> bool:
    return module.startswith("fbkit") and not module.startswith("fbkit.chapters")


@functools.cache
def _definition(name: Name) -> str:
    """What defines a name, as text."""
    module, local = name
    return "\n".join(_text(node) for node in _source(module).definitions[local])


@functools.cache
def _files_of(name: Name) -> frozenset[Path]:
    module, local = name
    found: set[Path] = set()
    for statement in _source(module).definitions[local]:
        found |= _data_files(module, statement)
    return frozenset(found)


# ---- reading a module ----


@functools.cache
def _source(module: str) -> Source | None:
    """A module of fbkit, or the module of a claim outside it; None for all others."""
    path = _path(module)
    if path is None:
        return None
    source = Source(path)
    for statement in _parsed(path.read_text(encoding="utf-8")).body:
        _enter(source, statement, module)
    return source


@functools.cache
def _parsed(text: str) -> ast.Module:
    return _clean(ast.parse(text))


def _path(module: str) -> Path | None:
    first, *rest = module.split(".")
    if first == "fbkit":
        place = ROOT.joinpath(*rest)
        candidates = [place / "__init__.py", place.with_suffix(".py")]
    else:
        import sys

        known = getattr(sys.modules.get(module), "__file__", None)
        ours = known and not {"site-packages", "lib"} & set(Path(known).parts)
        candidates = [Path(known)] if ours else []
    return next((p for p in candidates if p.is_file() and p.suffix == ".py"), None)


def _enter(source: Source, statement: ast.stmt, module: str) -> None:
    """Note what a top-level statement defines, changes or imports."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        _enter_import(source, statement, module)
        return
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        source.definitions.setdefault(statement.name, []).append(statement)
        return
    for part in ast.walk(statement):
        if isinstance(part, ast.Import | ast.ImportFrom):
            _enter_import(source, part, module)
    for name in _stored(statement):
        source.definitions.setdefault(name, []).append(statement)


def _enter_import(
    source: Source, statement: ast.Import | ast.ImportFrom, module: str
) -> None:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            target = alias.name if alias.asname else alias.name.split(".")[0]
            source.imports[alias.asname or target] = (target, None)
        return
    target = statement.module or module
    for alias in statement.names:
        if alias.name == "*":
            source.stars.append(target)
        else:
            source.imports[alias.asname or alias.name] = (target, alias.name)


def _stored(statement: ast.stmt) -> set[str]:
    """Names that a statement assigns or changes, as in `TABLE["a"] = 1`."""
    names: set[str] = set()
    for part in ast.walk(statement):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        changed = isinstance(part, ast.Subscript | ast.Attribute) and isinstance(
            part.ctx, ast.Store
        )
        called = isinstance(statement, ast.Expr) and isinstance(part, ast.Attribute)
        if changed or called:
            first = next(_chains(part.value), None)
            names |= {first[0]} if first else set()
    return names


def _data_files(module: str, node: ast.AST) -> set[Path]:
    """Files, other than Python's, that a text in the statement names: beside the
    module, in fbkit's `data`, or with the module's own name and another suffix.
    """
    source = _source(module)
    if source is None:
        return set()
    found = set()
    for part in ast.walk(node):
        text = part.value if isinstance(part, ast.Constant) else None
        if not isinstance(text, str) or not re.fullmatch(r"[\w-]*\.\w+", text):
            continue
        if text.startswith("."):
            places = [source.path.with_suffix(text)]
        else:
            places = [source.path.parent / text, ROOT / "data" / text]
        found |= {p for p in places if p.is_file() and p.suffix != ".py"}
    return found


# ---- what counts of a text ----


class _Cleaner(ast.NodeTransformer):
    """Drops docstrings, annotations and the wording of errors."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return _without_docstring(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        return _without_docstring(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self.generic_visit(node)
        return _without_docstring(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        node.annotation = ast.Constant(None)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return ast.copy_location(ast.Raise(None, None), node)


def _clean(tree: ast.Module) -> ast.Module:
    return ast.fix_missing_locations(_Cleaner().visit(tree))


def _without_docstring(node):
    if ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    return node


def _without_decorators(node: ast.FunctionDef) -> ast.FunctionDef:
    bare = ast.FunctionDef(node.name, node.args, node.body, [], None)
    return ast.copy_location(bare, node)


def _text(node: object) -> str:
    """A statement as text that is the same for all versions of Python: kinds of nodes
    and what they hold; what is empty is left out.
    """
    if isinstance(node, list):
        return "[" + " ".join(map(_text, node)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    parts = []
    for name, value in ast.iter_fields(node):
        if value not in (None, []) and not isinstance(value, ast.expr_context):
            parts.append(f"{name}={_text(value)}")
    if isinstance(node, ast.Constant):
        parts = [repr(node.value)]
    return f"{type(node).__name__}({' '.join(parts)})"


def hash_of(texts: list[str]) -> str:
    """16 hexadecimal digits of some texts, whatever their order."""
    return _digest("\n".join(sorted(texts)).encode())[:16]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
