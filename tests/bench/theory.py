"""The theory engine beside its peers: `make bench`.

`make bench ROWS="gelu pde"` takes the rows whose names hold one of the words.
Both sides of a row do the same work in this process, on one core with one thread, in
turns; what counts is CPU time, the median of seven. Before anything is timed the
results are compared. A full run rewrites book/benchmark.md.
"""

import datetime
import gc
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = (
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
CORES = os.cpu_count()
# Before anything starts threads: they would be counted too.
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np  # noqa: E402
import torch  # noqa: E402
from rows import ROWS, Row  # noqa: E402

REPEATS = 7
SHORTEST = 0.1  # the CPU seconds that one measurement takes at least
PAGE = ROOT / "book" / "benchmark.md"
HEAD = """# Benchmark

What the computations of the course cost beside other packages on the same work, made
by `make bench` (`tests/bench/theory.py`) on {date}: {machine}, Python {python}, one
core, one thread.

CPU time, medians of {repeats} measurements in turns in one process; the results agree
to the relative difference given. *Times faster* is the peer's time over ours: the
median, with the smallest and largest of the turns. *Aim* is what this course set
itself. *Of GEMM* is the share of this core's matrix-multiplication rate that our side
reaches, where the work is matrix products (one triangle of a symmetric product counts
half).

"""
TAIL = """## Peers and bounds

neural-tangents {neural_tangents} with JAX {jax}, compiled, compile time excluded, its
empirical kernel by structured derivatives with `vmap_axes=0`; torch.func of PyTorch
{torch} as in its tutorials; scikit-fem {skfem} with SciPy {scipy}, factorised once with
the ordering for symmetric patterns. `import fbkit` loads NumPy alone and takes
{ours:.0f} ms of CPU, {numpy:.0f} of them NumPy's.

Empirical kernels are matrix products on both sides. Ours computes one triangle of each,
so that beside a peer that multiplies at the same rate the gain is at most a factor of
two; what is beyond comes from the rate.
"""
TITLES = [
    "Setting",
    "Peer",
    "Ours, ms",
    "Theirs, ms",
    "Times faster",
    "Aim",
    "Of GEMM",
    "Difference",
]


@dataclass(frozen=True)
class Line:
    """A row beside one of its peers: milliseconds, ratios of the turns, and checks."""

    row: Row
    peer: str
    ours: float
    theirs: float
    ratios: list[float]
    difference: float
    share: float | None  # of the matrix-multiplication rate

    def cells(self) -> list[str]:
        """What the page prints, the work's kind first."""
        middle = statistics.median(self.ratios)
        aim = self.row.floors[self.peer]
        missed = "" if middle >= aim else " (missed)"
        kind, setting = self.row.work.split(", ", 1)
        return [
            kind,
            setting,
            self.peer,
            milliseconds(self.ours),
            milliseconds(self.theirs),
            f"{middle:.1f} ({min(self.ratios):.1f} to {max(self.ratios):.1f})",
            f"{aim:g}{missed}",
            "" if self.share is None else f"{100 * self.share:.0f} %",
            f"{self.difference:.0e}",
        ]


def milliseconds(time):
    return f"{time:.0f}" if time > 100 else f"{time:.3g}"


def seconds(work, times):
    gc.collect()
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


def gemm_rate(kind):
    """Multiplications and additions a second of the faster of the two BLAS at hand."""
    a = torch.ones(1500, 1500, dtype=getattr(torch, kind))
    products = [lambda: a @ a, lambda: a.numpy() @ a.numpy().T.copy()]
    best = min(seconds(product, 2) for product in products for _ in range(3))
    return 2 * 1500**3 / best


def differences(row, works):
    """Largest relative difference of each result from ours; too large a one ends it."""
    results = {name: np.asarray(work()) for name, work in works.items()}
    size = np.abs(results["ours"]).max()
    found = {}
    for name, result in results.items():
        found[name] = np.abs(result - results["ours"]).max() / size
        if not found[name] <= row.tolerance:
            raise SystemExit(
                f"{row.name}: {name} differs from ours by {found[name]:.1e};"
                " nothing was timed."
            )
    return found


def turns(works):
    """Seconds of each work, measured in turns."""
    times = {}
    for name, work in works.items():
        times[name] = max(1, round(SHORTEST / seconds(work, 1)))
    taken = {name: [] for name in works}
    for turn in range(REPEATS):
        order = list(works) if turn % 2 else list(works)[::-1]
        for name in order:
            taken[name].append(seconds(works[name], times[name]))
    return taken


def measure(row):
    """One line per peer."""
    ours, peers = row.make()
    works = {"ours": ours, **peers}
    difference = differences(row, works)
    taken = turns(works)
    middle = {name: statistics.median(times) for name, times in taken.items()}
    share = None
    if row.flops:
        share = row.flops / middle["ours"] / gemm_rate(row.kind)
    for peer in peers:
        yield Line(
            row=row,
            peer=peer,
            ours=1e3 * middle["ours"],
            theirs=1e3 * middle[peer],
            ratios=[b / a for a, b in zip(taken["ours"], taken[peer])],
            difference=difference[peer],
            share=share,
        )


def table(rows):
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def tables(lines):
    """One section and table for each kind of work, which is the first column."""
    body = ""
    for kind in dict.fromkeys(line[0] for line in lines):
        rows = [line[1:] for line in lines if line[0] == kind]
        whole = table([TITLES, ["---"] * len(TITLES), *rows])
        title = kind[0].upper() + kind[1:]
        body += f"## {title}\n\n:::{{container}} small-table\n\n{whole}\n:::\n\n"
    return body


def import_milliseconds(module):
    """Median CPU time of a fresh Python with the module, less that of one without."""

    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def once(code):
        before = used()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
        return used() - before

    gaps = [once(f"import {module}") - once("pass") for _ in range(REPEATS)]
    return 1e3 * statistics.median(gaps)


def machine():
    name = platform.machine()
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    for line in info.splitlines():
        if line.startswith("model name"):
            name = line.split(":")[1].strip()
            break
    return f"{name}, {CORES} cores"


def write_page(lines, ours, numpy):
    head = HEAD.format(
        date=datetime.date.today().isoformat(),
        machine=machine(),
        python=platform.python_version(),
        repeats=REPEATS,
    )
    tail = TAIL.format(
        ours=ours,
        numpy=numpy,
        neural_tangents=version("neural-tangents"),
        jax=version("jax"),
        scipy=version("scipy"),
        torch=version("torch").split("+")[0],
        skfem=version("scikit-fem"),
    )
    PAGE.write_text(head + tables(lines) + tail, encoding="utf-8")
    print(f"Written: {PAGE.relative_to(ROOT)}")


def main(words):
    chosen = ROWS
    if words:
        chosen = [row for row in ROWS if any(word in row.name for word in words)]
    if not chosen:
        names = ", ".join(row.name for row in ROWS)
        print(f"No row holds {' or '.join(words)}; there are: {names}.")
        return 2
    torch.set_num_threads(1)
    lines = []
    began = time.monotonic()
    for row in chosen:
        for line in measure(row):
            lines.append(line.cells())
            print(" | ".join(lines[-1]), flush=True)
    ours = import_milliseconds("fbkit")
    numpy = import_milliseconds("numpy")
    print(f"import fbkit: {ours:.0f} ms, of which NumPy {numpy:.0f} ms.")
    print(f"All in {time.monotonic() - began:.0f} s.")
    if not words:
        write_page(lines, ours, numpy)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
