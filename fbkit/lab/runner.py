"""A notebook run in a process of its own, which then answers asks.

Only text passes between the two. The child runs the cells in order, each one even if an
earlier one failed, and then answers one packed ask a line.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from fbkit.lab.plain import pack, unpack

NOTHING = pack({"error": "the notebook's process gave no answer in time, or ended."})


class Runner:
    """Context manager: starts the process on entering, ends it on leaving.

    Parameters
    ----------
    notebook : its folder is the working directory.
    seconds : how long the cells, and then each ask, may take.
    command : what starts the child, for a caller that wraps it in a sandbox.

    Attributes
    ----------
    failures : sentences, one for each cell that raised an error, in order; a cell that
        failed does not stop the others.
    """

    def __init__(
        self,
        notebook: str | Path,
        seconds: float = 600,
        command: Sequence[str] | None = None,
    ) -> None:
        self.notebook = Path(notebook).resolve()
        self.seconds = seconds
        self.command = command or [sys.executable, "-m", "fbkit.lab.runner"]
        self.lines = queue.SimpleQueue()

    def __enter__(self) -> Runner:
        self.folder = tempfile.TemporaryDirectory()
        environment = {
            **os.environ,
            "FBKIT_LAB_STRICT": "0",
            "MPLBACKEND": "Agg",
            "IPYTHONDIR": self.folder.name,
        }
        self.process = subprocess.Popen(
            [*self.command, str(self.notebook)],
            cwd=self.notebook.parent,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # progress bars and warnings; what failed comes back as `failures`
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        threading.Thread(target=self._listen, daemon=True).start()
        started = unpack(self._line() or NOTHING)
        if isinstance(started, list):
            self.failures = started
        else:
            self.failures = [f"the notebook did not run: {started.get('error')}"]
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):  # what it never read
            self.process.stdin.close()
        self.folder.cleanup()

    def ask(self, question: str) -> str:
        """The packed answer to a packed ask.

        One that comes too late or not at all is an error sentence.
        """
        try:
            self.process.stdin.write(question + "\n")
            self.process.stdin.flush()
        except OSError:
            return NOTHING
        line = self._line()
        if line is None:
            # Its late answer would be taken for the next one's.
            self.process.kill()
        return line or NOTHING

    def _listen(self) -> None:
        """Queue what the child writes, and None when it ends."""
        with self.process.stdout as stdout:
            for line in stdout:
                self.lines.put(line)
        self.lines.put(None)

    def _line(self) -> str | None:
        """The child's next line; None if it is late or the child has ended."""
        try:
            line = self.lines.get(timeout=self.seconds)
        except queue.Empty:
            return None
        if line is None:
            # Every later ask hears at once that the process has ended.
            self.lines.put(None)
        return line


def serve(path: str | Path) -> None:
    """The child: run the notebook, write what failed, then answer asks."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from fbkit.lab.asking import answer
    from fbkit.lab.notebook import code, open_notebook

    # What the notebook prints must not be taken for an answer.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    failures = []
    for number, source in enumerate(code(open_notebook(path)), start=1):
        ran = shell.run_cell(source, store_history=False)
        error = ran.error_before_exec or ran.error_in_exec
        if error:
            kind = type(error).__name__
            failures.append(f"code cell {number} raised {kind}: {str(error)[:200]}")
    print(pack(failures), file=out, flush=True)
    for line in sys.stdin:
        print(answer(line, shell.user_ns), file=out, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1])
