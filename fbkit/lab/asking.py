"""Asks: plain data that names what to read or call, and the answer to one, given in the
student's process.
"""

from fbkit.lab.plain import pack, unpack


def call(name, *args, **kwargs):
    """Ask to call the student's function `name`.

    >>> call("double", 2)
    {'call': 'double', 'args': [2], 'kwargs': {}}
    """
    return {"call": name, "args": list(args), "kwargs": kwargs}


def read(*names):
    """Ask for the values of the student's variables, answered as a dict.

    >>> read("table")
    {'read': ['table']}
    """
    return {"read": list(names)}


def answer(question, namespace):
    """Carry out one packed ask in `namespace` and pack {"value": ...}, or {"error": one
    sentence}: it never raises.

    Both sides are text, so that the student's code sees copies only, in the notebook's
    kernel as in another process.

    >>> from fbkit.lab.plain import pack
    >>> answer(pack(call("double", 2)), {"double": lambda x: 2 * x})
    '{"value": 4}'
    >>> answer(pack(read("table")), {})
    '{"error": "`table` is not defined: run the cell that defines it."}'
    """
    ask = unpack(question)
    names = [ask["call"]] if "call" in ask else ask["read"]
    doing = f"`{names[0]}`"
    try:
        for name in names:
            if name not in namespace:
                return pack(
                    {"error": f"`{name}` is not defined: run the cell that defines it."}
                )
        if "read" in ask:
            doing = "reading " + ", ".join(f"`{name}`" for name in names)
            return pack({"value": {name: namespace[name] for name in names}})
        function = namespace[names[0]]
        if not callable(function):
            return pack(
                {
                    "error": (
                        f"`{names[0]}` is a {type(function).__name__}, and a function"
                        " was expected."
                    )
                }
            )
        return pack({"value": function(*ask["args"], **ask["kwargs"])})
    except (
        Exception,
        SystemExit,
    ) as error:  # whatever the student's code does is an answer, not our failure
        return pack({"error": _sentence(doing, error)})


def _sentence(doing, error):
    try:
        lines = str(error).strip().splitlines()
    except Exception:
        lines = []
    return (
        f"{doing} raised {type(error).__name__}{': ' + lines[0][:200] if lines else ''}"
    )
