"""What students get: a lab's zip, and its page of the course."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fbkit.lab.marking import Mark, load, mark
from fbkit.lab.notebook import (
    code,
    open_notebook,
    points_table,
    save_notebook,
    student_version,
)
from fbkit.lab.runner import Runner

SEEDS = (0, 1, 2)  # of the hidden checks that a release is tried on
# What fbkit's wheel for students comes without.
NO_WHEEL = ("chapters", "ledger", "static", "__pycache__")
# What stays with the teacher.
NEVER = ("hidden.py", "answers", "__pycache__", ".ipynb_checkpoints")
README = Path(__file__).with_name("student_readme.md")


def trial(
    folder: Path, notebook: dict, seeds: Sequence[int] = SEEDS
) -> tuple[list[dict[str, Mark]], list[str]]:
    """Run `notebook` in a copy of the lab's folder, in a process of its own.

    Returns
    -------
    marks : for each seed the Mark of every question, by visible and hidden checks.
    failures : one sentence for each cell that raised an error.
    """
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*NEVER))
        save_notebook(notebook, copy / "trial.ipynb")
        with Runner(copy / "trial.ipynb") as runner:
            marks = []
            for seed in seeds:
                questions = load(folder, hidden=seed).questions
                found = {
                    name: mark(name, question, runner.ask)
                    for name, question in questions.items()
                }
                marks.append(found)
            return marks, runner.failures


def refusals(folder: Path) -> list[str]:
    """Why the lab in `folder` cannot be released, one sentence each; [] if it can.

    Every question needs a hidden check, a row in the notebook's table of points and a
    cell with its check. The
    blank must score 0 and run without an error, and the solution get full marks, for
    each of the seeds.
    """
    solution = open_notebook(folder / f"{folder.name}.ipynb")
    blank = student_version(solution)
    with ThreadPoolExecutor(2) as pool:  # each waits for a process of its own
        of_blank = pool.submit(trial, folder, blank)
        of_solution = pool.submit(trial, folder, solution)
    return [
        *_without_hidden_check(folder),
        *_faults_of_table(folder, solution),
        *_without_check_cell(folder, solution),
        *_faults_of_blank(*of_blank.result()),
        *_faults_of_solution(*of_solution.result()),
    ]


def _without_check_cell(folder: Path, solution: dict) -> list[str]:
    source = "\n".join(code(solution))
    return [
        f'{name}: no cell calls fb.lab.check("{name}"): students would not see its'
        " checks."
        for name in load(folder).questions
        if f'lab.check("{name}")' not in source
    ]


def _without_hidden_check(folder: Path) -> list[str]:
    """The hidden checks alone give the mark, so each question needs one."""
    visible = load(folder).questions
    everything = load(folder, hidden=SEEDS[0]).questions
    return [
        f"{name}: no hidden check, expected at least one: add it to hidden.py."
        for name in visible
        if len(everything[name].checks) == len(visible[name].checks)
    ]


def _faults_of_table(folder: Path, notebook: dict) -> list[str]:
    """Questions and rows of the table of points that do not belong together."""
    lab = load(folder)
    questions = {**lab.questions, **lab.manual}
    rows = points_table(notebook)
    faults = []
    for name, question in questions.items():
        points = question.points
        if name not in rows:
            faults.append(
                f"{name}: no row in the notebook's table of points: add one that ends"
                f" in {points:g}."
            )
        elif rows[name] != points:
            faults.append(
                f"{name}: {rows[name]:g} points in the notebook's table and"
                f" {points:g} in checks.py: correct one of them."
            )
    for name in rows:
        if name not in questions:
            faults.append(
                f"{name}: a row in the notebook's table of points, and no such question"
                " in checks.py: take it out, or add the question."
            )
    return faults


def _faults_of_blank(marks: list[dict[str, Mark]], failures: list[str]) -> list[str]:
    faults = [f"The blank notebook does not run: {failure}." for failure in failures]
    for name in marks[0]:
        best = max(found[name].score for found in marks)
        if best > 0:
            faults.append(f"{name}: the blank scores {best:.2g}, expected 0.")
    return faults


def _faults_of_solution(marks: list[dict[str, Mark]], failures: list[str]) -> list[str]:
    faults = [f"The solution does not run: {failure}." for failure in failures]
    for name in marks[0]:
        worst = min((found[name] for found in marks), key=lambda found: found.score)
        if not worst:
            faults.append(
                f"{name}: the solution scores {worst.score:.2g}, expected 1."
                f" {worst.sentence}"
            )
    return faults


def release(folder: str | Path, root: str | Path) -> Path:
    """Write root/_build/release/<lab>.zip and return its path.

    A lab that may not be released raises ValueError. Nothing is done when the lab and
    fbkit are as they were at the last release.
    """
    folder, root = Path(folder), Path(root)
    target = root / "_build" / "release" / f"{folder.name}.zip"
    stamp = target.with_suffix(".stamp")
    now = _digest(folder, root)
    if (
        target.is_file()
        and stamp.is_file()
        and stamp.read_bytes() == _seal(now, target)
    ):
        return target
    reasons = refusals(folder)
    if reasons:
        raise ValueError("\n".join([f"{folder.name} is not released.", *reasons]))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        inside = Path(place) / folder.name
        write_student_folder(folder, inside)
        wheel = build_wheel(root, inside)
        requirements = f"./{wheel.name}[course]\n"
        (inside / "requirements.txt").write_text(requirements, encoding="utf-8")
        (inside / "README.md").write_text(_readme(folder), encoding="utf-8")
        beside = target.with_suffix(".part")
        _write_zip(inside, beside)
        beside.replace(target)  # whole or not at all
    stamp.write_bytes(_seal(now, target))
    return target


def _seal(digest: str, archive: Path) -> bytes:
    """What says that an archive is the one that was made of files of this digest."""
    content = hashlib.sha256(archive.read_bytes()).hexdigest()
    return f"{digest} {content}".encode()


def _readme(folder: Path) -> str:
    """What the student reads first."""
    by_hand = list(load(folder).manual)
    verb = "is" if len(by_hand) == 1 else "are"
    text = README.read_text(encoding="utf-8")
    return text.format(lab=folder.name, manual=f"{', '.join(by_hand)} {verb} marked")


def _write_zip(inside: Path, target: Path) -> None:
    """Zip the folder `inside`, with fixed dates: the same files make the same zip."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(inside.rglob("*")):
            if not path.is_file():
                continue
            name = path.relative_to(inside.parent).as_posix()
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())


def write_student_folder(folder: Path, place: Path) -> None:
    """Copy the lab to `place` without its solutions and hidden checks."""
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns(*NEVER))
    notebook = student_version(open_notebook(folder / f"{folder.name}.ipynb"))
    save_notebook(notebook, place / f"{folder.name}.ipynb")


def build_wheel(root: Path, place: Path) -> Path:
    """A wheel of fbkit in `place`, without the chapters' own things: explorers, ledger.

    What builds it is in uv's cache since the set-up, or else is fetched.
    """
    with tempfile.TemporaryDirectory() as source:
        leave_out = shutil.ignore_patterns(*NO_WHEEL)
        shutil.copytree(root / "fbkit", Path(source) / "fbkit", ignore=leave_out)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(root / name, source)
        return _built_wheel(source, place)


def _built_wheel(source: str, place: Path) -> Path:
    build = [sys.executable, "-m", "uv", "build", "--wheel", "--quiet"]
    build += ["--out-dir", str(place), source]
    for offline in (["--offline"], []):
        built = subprocess.run(
            [*build, *offline], capture_output=True, encoding="utf-8"
        )
        (place / ".gitignore").unlink(missing_ok=True)  # uv leaves one
        wheels = sorted(place.glob("fbkit-*.whl"))
        if built.returncode == 0 and wheels:
            return wheels[0]
    said = " ".join(built.stderr.split())[-300:]
    raise ValueError(f"The wheel of fbkit was not built; uv says: {said}")


def page(folder: str | Path, root: str | Path) -> Path:
    """Write the lab's page, book/labs/<lab>/<lab>.ipynb, and return its path.

    The page is the student's notebook, with links under its title to the pages of the
    course that name it as their lab, and to the zip; checks, data and zip stand beside
    it. Notebook tests pass over it: blank answers are NOT YET by design, and the build
    of the site runs it.
    """
    folder, root = Path(folder), Path(root)
    archive = release(folder, root)
    place = root / "book" / "labs" / folder.name
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_student_folder(folder, place)
    shutil.copy(archive, place)
    path = place / f"{folder.name}.ipynb"
    notebook = open_notebook(path)
    title = next(cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    if before := " and ".join(_pages_with_lab(folder.name, root)):
        title["source"] += f"\n\n**Read before:** {before}"
    title["source"] += (
        "\n\n```{admonition} Work on your own machine\n{download}`Download"
        f" {archive.name} <{archive.name}>` (notebook, checks, fbkit and a README that"
        " says how to install), or read on: this is the notebook as you get it, with"
        " blanks.\n```"
    )
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            tags = cell["metadata"].get("tags", [])
            cell["metadata"]["tags"] = [*tags, "nbval-skip"]
    save_notebook(notebook, path)
    return path


def _pages_with_lab(lab: str, root: Path) -> list[str]:
    """Links from the lab's page to the course's pages whose metadata names it."""
    found = []
    for path in sorted((root / "book").glob("*.ipynb")):
        notebook = open_notebook(path)
        if notebook["metadata"].get("course", {}).get("lab") == lab:
            first = notebook["cells"][0]["source"].partition("\n")[0]
            found.append(f"[{first.removeprefix('# ')}](../../{path.name})")
    return found


def _digest(folder: Path, root: Path) -> str:
    """One hash for all that a release is made from."""
    passed_over = {*NO_WHEEL, ".ipynb_checkpoints"}
    found = hashlib.sha256()
    for place in (folder, root / "fbkit"):
        for path in sorted(place.rglob("*")):
            name = path.relative_to(place)
            if path.is_file() and not passed_over & set(name.parts):
                found.update(f"{name}\0".encode() + path.read_bytes())
    found.update((root / "pyproject.toml").read_bytes())
    return found.hexdigest()
