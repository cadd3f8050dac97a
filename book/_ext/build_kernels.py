"""Kernels that are forks of one process with the libraries imported.

Importing torch takes each kernel longer than the cells of many pages
do. A fork also notes which files its notebook opens: what its outputs
depend on.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from importlib.metadata import EntryPoint
from importlib.util import source_from_cache
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from build_state import inside
from jupyter_client.provisioning import (
    KernelProvisionerFactory,
    LocalProvisioner,
)

HERE = str(Path(__file__).parent)
# Others' modules only: fbkit's own must be seen to be opened.
IMPORTED = [
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "torch",
    "scipy.special",
    "scipy.optimize",
    "scipy.sparse.linalg",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "anywidget",
    "jinja2",
    "tqdm.auto",
]
# Starts a process, whose files would not be noted.
STARTS = ("os.fork", "os.posix_spawn", "os.exec", "subprocess.Popen")
SPAWNS = "multiprocessing.popen_spawn_posix"
STARTED = "a process"


def fork_kernels(log: Path) -> None:
    """From now on kernels of this process are forks; Linux only.

    What they write beside their cells' outputs goes into `log`.
    """
    if sys.platform != "linux":
        return
    Forked.log = log
    Forked.server = multiprocessing.get_context("forkserver")
    Forked.server.set_forkserver_preload(IMPORTED)
    factory = KernelProvisionerFactory.instance()
    factory.provisioners["forked"] = EntryPoint(
        "forked", f"{__name__}:Forked", factory.GROUP_NAME
    )
    factory.default_provisioner_name = "forked"


class Forked(LocalProvisioner):
    """Starts a kernel as a fork, in place of a new program.

    At its end `opened` receives the files of the project that it
    opened, or None where it started processes of its own.
    """

    log: Path
    server: multiprocessing.context.ForkServerContext
    opened: Connection

    async def launch_kernel(self, cmd: list[str], **options) -> dict:
        self.opened, ours = self.server.Pipe(duplex=False)
        # python -m ipykernel_launcher ARGUMENTS
        given = (cmd[3:], str(options["cwd"]), options["env"])
        process = self.server.Process(
            target=serve, args=(*given, str(self.log), ours)
        )
        process.start()
        ours.close()
        self.process = Popened(process)
        # The kernel leads a group of its own, with what it starts.
        self.pid = self.pgid = process.pid
        self.cwd = options["cwd"]
        return self.connection_info


class Popened:
    """A process of multiprocessing, as one of subprocess."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess):
        self.process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self) -> int:
        self.process.join()
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        self.process.kill()


def serve(
    arguments: list[str],
    cwd: str,
    environment: dict[str, str],
    log: str,
    opened: Connection,
) -> None:
    """The fork: a kernel until it is told to end."""
    os.setsid()
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.chdir(cwd)
    os.environ.update(environment)
    sys.path[:] = [place for place in sys.path if place != HERE]
    end_with_build()
    paths = watch_files()

    from ipykernel.kernelapp import IPKernelApp

    # Or it says in the log how to connect to it.
    quiet = "--log-level=CRITICAL"
    IPKernelApp.launch_instance(argv=[*arguments, quiet])
    alone = STARTED not in paths and SPAWNS not in sys.modules
    names = {inside(path) for path in paths} - {None}
    opened.send(sorted(names) if alone else None)


def end_with_build() -> None:
    """End the kernel, and what it started, if the build is killed."""
    build = multiprocessing.parent_process().sentinel

    def wait() -> None:
        multiprocessing.connection.wait([build])
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def watch_files() -> set[str]:
    """The files that are opened for reading from now on.

    STARTED among them stands for a process that was started.
    """
    paths: set[str] = set()
    sys.addaudithook(watcher(paths))
    return paths


def watcher(paths: set[str]) -> Callable[[str, tuple], None]:
    def watch(event: str, values: tuple) -> None:
        if event == "open":
            path, mode, _ = values
            if isinstance(path, bytes):
                path = os.fsdecode(path)
            if isinstance(path, str) and not set(mode or "") & set(
                "wax"
            ):
                paths.add(source_of(os.path.abspath(path)))
        elif event in STARTS:
            paths.add(STARTED)

    return watch


def source_of(path: str) -> str:
    """The module whose compiled form `path` is, or else `path`."""
    if path.endswith(".pyc") and "__pycache__" in path:
        return source_from_cache(path)
    return path
