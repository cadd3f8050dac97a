"""What students get: a lab's zip, and its page of the course."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fbkit.lab.marking import load, mark
from fbkit.lab.notebook import open_notebook, save_notebook, student_version
from fbkit.lab.runner import Runner

SEEDS = (0, 1, 2)  # of the hidden checks that a release is tried on
NEVER = (
    "hidden.py",
    "answers",
    "__pycache__",
    ".ipynb_checkpoints",
)  # stays with the teacher

README = Path(__file__).with_name("student_readme.md")


def trial(folder, notebook, seeds=SEEDS):
    """Marks of every question, visible and hidden checks, for each seed, and the cells
    that failed.

    `notebook` (a dict) runs in a copy of the lab's folder, in a process of its own.
    """
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*NEVER))
        save_notebook(notebook, copy / "trial.ipynb")
        with Runner(copy / "trial.ipynb") as runner:
            marks = []
            for seed in seeds:
                questions = load(folder, hidden=seed).questions
                marks.append(
                    {
                        name: mark(name, question, runner.ask)
                        for name, question in questions.items()
                    }
                )
            return marks, runner.failures


def refusals(folder):
    """Why the lab in `folder` cannot be released: one sentence for each failing
    question, none if it can.

    The blank must score 0 and run without an error; the solution must get full marks,
    for each of the seeds.
    """
    solution = open_notebook(folder / f"{folder.name}.ipynb")
    with ThreadPoolExecutor(2) as pool:  # each waits for a process of its own
        blank, full = pool.map(
            trial, (folder, folder), (student_version(solution), solution)
        )
    marks, failures = blank
    reasons = [f"The blank notebook does not run: {failure}." for failure in failures]
    for name in marks[0]:
        best = max((found[name] for found in marks), key=lambda found: found.score)
        if best.score > 0:
            reasons.append(f"{name}: the blank scores {best.score:.2g}, expected 0.")
    marks, failures = full
    reasons += [f"The solution does not run: {failure}." for failure in failures]
    for name in marks[0]:
        worst = min((found[name] for found in marks), key=lambda found: found.score)
        if not worst:
            reasons.append(
                f"{name}: the solution scores {worst.score:.2g}, expected 1."
                f" {worst.sentence}"
            )
    return reasons


def release(folder, root):
    """Write root/_build/release/<lab>.zip and return its path; a lab that may not be
    released raises ValueError.

    Nothing is done when the lab and fbkit are as they were at the last release.
    """
    folder, root = Path(folder), Path(root)
    target = root / "_build" / "release" / f"{folder.name}.zip"
    stamp, now = target.with_suffix(".stamp"), _digest(folder, root)
    if target.is_file() and stamp.is_file() and stamp.read_text() == now:
        return target
    reasons = refusals(folder)
    if reasons:
        raise ValueError("\n".join([f"{folder.name} is not released.", *reasons]))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        inside = Path(place) / folder.name
        write_student_folder(folder, inside)
        wheel = build_wheel(root, inside)
        (inside / "requirements.txt").write_text(f"./{wheel.name}[course]\n")
        by_hand = ", ".join(load(folder).manual)
        manual = (
            f"{by_hand} is marked" if "," not in by_hand else f"{by_hand} are marked"
        )
        text = README.read_text(encoding="utf-8").format(lab=folder.name, manual=manual)
        (inside / "README.md").write_text(text, encoding="utf-8")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(inside.rglob("*")):
                if path.is_file():  # fixed dates: the same files make the same zip
                    entry = zipfile.ZipInfo(
                        path.relative_to(place).as_posix(), (2020, 1, 1, 0, 0, 0)
                    )
                    entry.compress_type, entry.external_attr = (
                        zipfile.ZIP_DEFLATED,
                        0o644 << 16,
                    )
                    archive.writestr(entry, path.read_bytes())
    stamp.write_text(now)
    return target


def write_student_folder(folder, place):
    """Everything of the lab but solutions and hidden checks: the student's notebook,
    the visible checks, the data.
    """
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns(*NEVER))
    save_notebook(
        student_version(open_notebook(folder / f"{folder.name}.ipynb")),
        place / f"{folder.name}.ipynb",
    )


def build_wheel(root, place):
    """A wheel of fbkit in `place`, without what the chapters alone use.

    What builds it is in uv's cache since the set-up, or else is fetched.
    """
    with tempfile.TemporaryDirectory() as source:
        leave_out = shutil.ignore_patterns("chapters", "__pycache__")
        shutil.copytree(root / "fbkit", Path(source) / "fbkit", ignore=leave_out)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(root / name, source)
        return _built_wheel(source, place)


def _built_wheel(source, place):
    command = [
        sys.executable,
        "-m",
        "uv",
        "build",
        "--wheel",
        "--quiet",
        "--out-dir",
        str(place),
        str(source),
    ]
    for offline in (["--offline"], []):
        built = subprocess.run([*command, *offline], capture_output=True, text=True)
        (place / ".gitignore").unlink(missing_ok=True)
        wheels = sorted(place.glob("fbkit-*.whl"))
        if built.returncode == 0 and wheels:
            return wheels[0]
    raise ValueError(
        "The wheel of fbkit was not built; uv says:"
        f" {' '.join(built.stderr.split())[-300:]}"
    )


def page(folder, root):
    """Write the lab's page, book/labs/<lab>/<lab>.ipynb, with checks, data and zip
    beside it, and return its path.

    The page is the student's notebook, with a link to the zip under its title. Notebook
    tests pass over it: blank answers are NOT YET by design, and the build of the site
    runs it.
    """
    folder, root = Path(folder), Path(root)
    archive = release(folder, root)
    place = root / "book" / "labs" / folder.name
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_student_folder(folder, place)
    shutil.copy(archive, place)
    notebook = open_notebook(place / f"{folder.name}.ipynb")
    title = next(cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    title["source"] += (
        "\n\n```{admonition} Work on your own machine\n{download}`Download"
        f" {archive.name} <{archive.name}>` (notebook, checks, fbkit and a README that"
        " says how to install), or read on: this is the notebook as you get it, with"
        " blanks.\n```"
    )
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), "nbval-skip"]
    save_notebook(notebook, place / f"{folder.name}.ipynb")
    return place / f"{folder.name}.ipynb"


def _digest(folder, root):
    """One hash for all that a release is made from."""
    found = hashlib.sha256()
    for place in (folder, root / "fbkit"):
        for path in sorted(place.rglob("*")):
            if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(
                path.parts
            ):
                found.update(
                    f"{path.relative_to(place)}\0".encode() + path.read_bytes()
                )
    found.update((root / "pyproject.toml").read_bytes())
    return found.hexdigest()
