"""Asks: plain data that names what to read or call in the student's process.

`answer` carries one out there.
"""

from __future__ import annotations

from fbkit.lab.plain import pack, unpack


def call(name: str, *args: object, **kwargs: object) -> dict:
    """Ask to call the student's function `name`.

    >>> call("double", 2)
    {'call': 'double', 'args': [2], 'kwargs': {}}
    """
    return {"call": name, "args": list(args), "kwargs": kwargs}


def read(*names: str) -> dict:
    """Ask for the values of the student's variables, answered as a dict.

    >>> read("table")
    {'read': ['table']}
    """
    return {"read": list(names)}


def answer(question: str, namespace: dict) -> str:
    """Carry out one packed ask among the names of `namespace`; it never raises.

    Both sides are text, so that the student's code sees copies only, in the notebook's
    kernel as in another process.

    Parameters
    ----------
    question : a packed ask.
    namespace : the student's names and what they stand for.

    Returns
    -------
    text : {"value": ...} packed, or {"error": one sentence} packed.

    >>> from fbkit.lab.plain import pack
    >>> answer(pack(call("double", 2)), {"double": lambda x: 2 * x})
    '{"value": 4}'
    >>> answer(pack(read("table")), {})
    '{"error": "`table` is not defined: run the cell that defines it."}'
    """
    ask = unpack(question)
    names = [ask["call"]] if "call" in ask else ask["read"]
    missing = [name for name in names if name not in namespace]
    if missing:
        return _error(f"`{missing[0]}` is not defined: run the cell that defines it.")
    # Whatever the student's code does is an answer, not our failure.
    try:
        if "read" in ask:
            doing = "reading " + ", ".join(f"`{name}`" for name in names)
            return pack({"value": {name: namespace[name] for name in names}})
        doing = f"`{names[0]}`"
        function = namespace[names[0]]
        if not callable(function):
            kind = type(function).__name__
            return _error(f"{doing} is a {kind}, and a function was expected.")
        return pack({"value": function(*ask["args"], **ask["kwargs"])})
    except (Exception, SystemExit) as error:
        return _error(_sentence(doing, error))


def _error(sentence: str) -> str:
    return pack({"error": sentence})


def _sentence(doing: str, error: BaseException) -> str:
    """What raised which error, with the first line of its message."""
    kind = type(error).__name__
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # the message is the student's code as well
        lines = []
    if not lines:
        return f"{doing} raised {kind}"
    return f"{doing} raised {kind}: {lines[0][:200]}"
