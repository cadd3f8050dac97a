"""What a build says, and in _build/build.log all that it heard."""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TextIO

from build_state import BUILD, ROOT

LOG = BUILD / "build.log"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
MANY = 60  # lines
# What it prints comes at once, and is UTF-8 on every machine.
PYTHON = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


class Log:
    """Sentences go to the screen and the file, all else to the file.

    `held` are open files that the programs it runs hold open as well.
    """

    def __init__(self, held: tuple[int, ...] = ()):
        self.held = held
        # The screen may lack a letter.
        sys.stdout.reconfigure(errors="backslashreplace")
        LOG.parent.mkdir(parents=True, exist_ok=True)
        # Children write to it, too: each at its end.
        LOG.write_text("", encoding="utf-8")
        self.file = LOG.open("a", encoding="utf-8")

    def say(self, sentence: str) -> None:
        self.note(f"{sentence}\n")
        print(sentence, flush=True)

    def note(self, text: str) -> None:
        self.file.write(text)
        self.file.flush()

    def run(self, command: list[str], **settings: str) -> "Run":
        """Run a program to its end; the file gets what it prints."""
        start = time.monotonic()
        self.note(f"$ {' '.join(command)}\n")
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **PYTHON, **settings},
            stdin=subprocess.DEVNULL,
            # What outlives a build that was killed still has its lock.
            pass_fds=self.held,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        try:
            lines = self.collect(process)
            code = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        return Run(code, *lines, time.monotonic() - start)

    def collect(
        self, process: subprocess.Popen
    ) -> tuple[list[str], list[str]]:
        """The lines of both streams, each as it comes in the file."""
        found: tuple[list[str], list[str]] = ([], [])

        def listen(stream: TextIO, lines: list[str]) -> None:
            for line in stream:
                lines.append(line.rstrip("\n"))
                self.note(line)

        errors = threading.Thread(
            target=listen, args=(process.stderr, found[1])
        )
        errors.start()
        listen(process.stdout, found[0])
        errors.join()
        return found


class Run:
    """What a program printed, line by line, and how it ended."""

    def __init__(
        self,
        code: int,
        out: list[str],
        errors: list[str],
        seconds: float,
    ):
        self.code = code
        self.out = out
        self.errors = errors
        self.seconds = seconds

    def faults(self) -> list[str]:
        """The lines that say what went wrong, each once."""
        failed = [line for line in self.out if line.startswith("FAIL")]
        found = list(
            dict.fromkeys([*failed, *without_frames(self.errors)])
        )
        return found[-MANY:] or self.out[-MANY:]


def without_frames(lines: list[str]) -> list[str]:
    """Lines without the frames of tracebacks, which the log holds.

    >>> without_frames(["Traceback (most recent", "  File", "E: why"])
    ['E: why']
    """
    kept, frames = [], False
    for line in map(plain, lines):
        if line.startswith("Traceback ("):
            frames = True
        elif not line.startswith(" "):
            frames = False
        if not frames and line.strip():
            kept.append(line)
    return kept


def plain(text: str) -> str:
    """A text without colours.

    >>> plain("\\x1b[91mred\\x1b[0m")
    'red'
    """
    return COLOURS.sub("", text)


def in_project(path: Path) -> str:
    return os.path.relpath(path, os.getcwd())
