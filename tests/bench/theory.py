"""The theory engine beside its peers: `make bench`, or `make bench ROWS="gelu pde"` for
rows whose names hold a word.

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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = (
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
CORES = os.cpu_count()
os.sched_setaffinity(
    0, {max(os.sched_getaffinity(0))}
)  # before anything starts threads: they would be counted too

import numpy as np  # noqa: E402
import torch  # noqa: E402
from rows import ROWS  # noqa: E402

REPEATS, SHORTEST = (
    7,
    0.1,
)  # turns, and the CPU seconds that one measurement takes at least
PAGE = ROOT / "book" / "benchmark.md"
HEAD = """# Benchmark

What the computations of the course cost beside other packages on the same work, made by `make bench`
(`tests/bench/theory.py`) on {date}: {machine}, Python {python}, one core, one thread.

CPU time, medians of {repeats} measurements in turns in one process; the results agree to the relative difference given.
*Times faster* is the peer's time over ours: the median, with the smallest and largest of the turns. *Aim* is what this
course set itself. *Of GEMM* is the share of this core's matrix-multiplication rate that our side reaches, where the
work is matrix products (one triangle of a symmetric product counts half).

"""
TAIL = """## Peers and bounds

neural-tangents {neural_tangents} with JAX {jax}, compiled, compile time excluded, its empirical kernel by
structured derivatives with `vmap_axes=0`; torch.func of PyTorch {torch} as in its tutorials; scikit-fem {skfem} with
SciPy {scipy}, factorised once with the ordering for symmetric patterns. `import fbkit` loads NumPy alone and takes
{ours:.0f} ms of CPU, {numpy:.0f} of them NumPy's.

Empirical kernels are matrix products on both sides. Ours computes one triangle of each, so that beside a peer that
multiplies at the same rate the gain is at most a factor of two; what is beyond comes from the rate.
"""


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
    return (
        2 * 1500**3 / min(seconds(product, 2) for product in products for _ in range(3))
    )


def measure(row):
    """One line per peer: (row, peer, our ms, their ms, ratios, difference, share of
    GEMM).
    """
    ours, peers = row.make()
    works, found = {"ours": ours, **peers}, {}
    differences = {}
    for name, work in works.items():
        found[name] = np.asarray(work())
        differences[name] = (
            np.abs(found[name] - found["ours"]).max() / np.abs(found["ours"]).max()
        )
        if not differences[name] <= row.tolerance:
            raise SystemExit(
                f"{row.name}: {name} differs from ours by {differences[name]:.1e};"
                " nothing was timed."
            )
    found.clear()
    times = {
        name: max(1, round(SHORTEST / seconds(work, 1))) for name, work in works.items()
    }
    taken = {name: [] for name in works}
    for turn in range(REPEATS):
        for name in list(works)[:: 1 if turn % 2 else -1]:
            taken[name].append(seconds(works[name], times[name]))
    share = (
        row.flops / statistics.median(taken["ours"]) / gemm_rate(row.kind)
        if row.flops
        else None
    )
    for peer in peers:
        ratios = [b / a for a, b in zip(taken["ours"], taken[peer])]
        yield [
            row,
            peer,
            *(1e3 * statistics.median(taken[name]) for name in ("ours", peer)),
            ratios,
            differences[peer],
            share,
        ]


def columns(row, peer, ours, theirs, ratios, difference, share):
    middle = statistics.median(ratios)
    return [
        *row.work.split(", ", 1),
        peer,
        *(f"{t:.0f}" if t > 100 else f"{t:.3g}" for t in (ours, theirs)),
        f"{middle:.1f} ({min(ratios):.1f} to {max(ratios):.1f})",
        f"{row.floors[peer]:g}" + ("" if middle >= row.floors[peer] else " (missed)"),
        "" if share is None else f"{100 * share:.0f} %",
        f"{difference:.0e}",
    ]


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


def tables(lines):
    """One section and table for each kind of work, which is the first column."""
    body = ""
    for work in dict.fromkeys(line[0] for line in lines):
        rows = [
            TITLES,
            ["---"] * len(TITLES),
            *(line[1:] for line in lines if line[0] == work),
        ]
        table = "".join("| " + " | ".join(cells) + " |\n" for cells in rows)
        body += (
            f"## {work[0].upper()}{work[1:]}\n\n:::{{container}}"
            f" small-table\n\n{table}\n:::\n\n"
        )
    return body


def import_milliseconds(module):
    """Median CPU time of a fresh Python with the module, less that of one without."""

    def once(code):
        used = lambda: sum(
            resource.getrusage(resource.RUSAGE_CHILDREN)[:2]
        )  # in user and in system mode
        before = used()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
        return used() - before

    gaps = [once(f"import {module}") - once("pass") for _ in range(REPEATS)]
    return 1e3 * statistics.median(gaps)


def machine():
    info = Path("/proc/cpuinfo")
    names = [
        line.split(":")[1].strip()
        for line in info.read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{names[0] if names else platform.machine()}, {CORES} cores"


def main(words):
    chosen = [
        row for row in ROWS if not words or any(word in row.name for word in words)
    ]
    if not chosen:
        print(
            f"No row holds {' or '.join(words)}; there are:"
            f" {', '.join(row.name for row in ROWS)}."
        )
        return 2
    torch.set_num_threads(1)
    lines = []
    began = time.monotonic()
    for row in chosen:
        for line in measure(row):
            lines.append(columns(*line))
            print(" | ".join(lines[-1]), flush=True)
    ours, numpy = import_milliseconds("fbkit"), import_milliseconds("numpy")
    print(
        f"import fbkit: {ours:.0f} ms, of which NumPy {numpy:.0f} ms. All in"
        f" {time.monotonic() - began:.0f} s."
    )
    if not words:
        from importlib.metadata import version

        head = HEAD.format(
            date=datetime.date.today().isoformat(),
            machine=machine(),
            python=platform.python_version(),
            repeats=REPEATS,
        )
        versions = {
            name: version(name.replace("_", "-"))
            for name in ("neural_tangents", "jax", "scipy")
        }
        versions |= {
            "torch": version("torch").split("+")[0],
            "skfem": version("scikit-fem"),
        }
        PAGE.write_text(
            head + tables(lines) + TAIL.format(ours=ours, numpy=numpy, **versions)
        )
        print(f"Written: {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
