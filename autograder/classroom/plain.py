"""An assignment that is none of Tandem's lessons: what its author has made, read from release/, source/ and the gradebook.

What is run is what nbgrader would run: locked cells as the gradebook knows them, hidden tests included.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from autograder.classroom import gradebook, intake
from autograder.classroom.converters import settings_of
from autograder.classroom.errors import ClassError
from autograder.classroom.files import read_json
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.rebuild import Cell, Notebook, grading
from autograder.engine.work import Limits, RunStep, Setup, Work

MOST_BYTES = 64 << 20
VERSION = 1


@dataclass(frozen=True)
class PlainPlan:
    """All that grading needs to know of an assignment of one's own."""

    assignment: Assignment
    notebooks: dict[str, Notebook]
    """As released, by name without its ending."""
    cells: dict[str, dict[str, dict[str, Any]]]
    """For each notebook and grade id what the gradebook knows: source, cell_type, locked, checksum, points."""
    files: dict[str, bytes]
    """The author's files beside the notebooks."""
    own: frozenset[str]
    """Files that students are meant to change."""
    setups: dict[str, Setup]
    limits: Limits
    fingerprint: str

    @property
    def name(self) -> str:
        return self.assignment.name


def plan(folder: ClassFolder, assignment: Assignment) -> PlainPlan:
    """Read what the author has made. Raises ClassError."""
    paths = sorted((folder.release / assignment.name).glob("*.ipynb"))
    notebooks = {path.stem: intake.released(folder, assignment, path.name) for path in paths}
    for name, notebook in notebooks.items():
        check_kernel(f"{assignment.name}, {name}", notebook)
    cells = gradebook.source_cells(folder, assignment)
    if missing := notebooks.keys() - cells.keys():
        raise ClassError(
            f"{assignment.name}: the gradebook does not know {', '.join(sorted(missing))}. "
            f"In {folder.root} run: nbgrader generate_assignment {assignment.name}"
        )
    files, own = author_files(folder, assignment)
    setups = {}
    for name, notebook in notebooks.items():
        source = read_json(folder.source / assignment.name / f"{name}.ipynb")
        texts = [cell["source"] for cell in canonical(notebook, cells[name])["cells"] if cell["cell_type"] == "code"]
        setups[name] = author_facts(texts, [text for _, text in code_cells(source)])
    limits = folder.limits(assignment)
    content = json.dumps(
        [VERSION, notebooks, cells, sorted(own), {k: asdict(v) for k, v in setups.items()}, asdict(limits)], sort_keys=True
    )
    digest = hashlib.sha256(content.encode("utf-8", "replace"))
    for name, data in sorted(files.items()):
        digest.update(name.encode() + hashlib.sha256(data).digest())
    return PlainPlan(assignment, notebooks, cells, files, own, setups, limits, digest.hexdigest()[:16])


def check_kernel(what: str, notebook: Notebook) -> None:
    """Raises ClassError for a notebook that is not Python's."""
    kernel = notebook.get("metadata", {}).get("kernelspec", {})
    language = str(kernel.get("language") or kernel.get("name") or "python").lower()
    if not language.startswith("python"):
        raise ClassError(
            f"{what}: its kernel is {language}, and only Python is graded here. Use nbgrader's own execution for it."
        )


def author_files(folder: ClassFolder, assignment: Assignment) -> tuple[dict[str, bytes], frozenset[str]]:
    """Files of source/ASSIGNMENT that students got beside the notebooks, and those which they are meant to change."""
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import find_all_files

    settings = settings_of(folder)
    ignore = CourseDirectory(config=settings, root=str(folder.root)).ignore
    root = folder.source / assignment.name
    found: dict[str, bytes] = {}
    room = MOST_BYTES
    for path in sorted(find_all_files(str(root), [*ignore, "*.ipynb"])):
        with open(path, "rb") as file:  # noqa: PTH123 - nbgrader gives paths as text
            data = file.read(room + 1)
        room -= len(data)
        if room < 0:
            raise ClassError(f"{root}: its files make more than {MOST_BYTES >> 20} MB, more than a submission is given.")
        found[path.removeprefix(f"{root}/")] = data
    own = settings.get("Autograde", {}).get("exclude_overwriting", {})
    return found, frozenset(own.get(assignment.name, ()) if isinstance(own, dict) else ())


def canonical(notebook: Notebook, known: dict[str, dict[str, Any]]) -> Notebook:
    """A notebook whose locked cells are what the gradebook knows: hidden tests and marking schemes come back."""
    cells = []
    for cell in notebook["cells"]:
        true = known.get(grading(cell).get("grade_id", ""))
        if true:
            mark = {**grading(cell), "checksum": true["checksum"]}
            if true["points"] is not None:
                mark["points"] = true["points"]
            cell = {**cell, "metadata": {**cell["metadata"], "nbgrader": mark}}
            if true["locked"]:
                cell = {**cell, "source": true["source"], "cell_type": true["cell_type"]}
        cells.append(cell)
    return {**notebook, "cells": cells}


def is_test(cell: Cell) -> bool:
    """Whether a cell is scored by running it."""
    mark = grading(cell)
    return bool(mark.get("grade")) and not mark.get("solution") and cell["cell_type"] == "code"


def is_manual(cell: Cell) -> bool:
    """Whether a person has to mark a cell."""
    mark = grading(cell)
    return bool(mark.get("task")) or (bool(mark.get("grade")) and not is_test(cell))


def code_cells(notebook: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """The code cells of a notebook, with their sources as one text."""
    for cell in notebook.get("cells", ()) if isinstance(notebook, dict) else ():
        if cell.get("cell_type") == "code":
            source = cell.get("source", "")
            yield cell, "".join(source) if isinstance(source, list) else source


def author_facts(canonical_cells: Iterable[str], source_cells: Iterable[str]) -> Setup:
    """What the tests of a notebook rely on, from the author's cells and from those with the author's answers."""
    given, answers = list(canonical_cells), list(source_cells)
    imports: dict[str, None] = {}
    modules: dict[str, None] = {}
    names: set[str] = set()
    classes: dict[str, set[str]] = {}
    aliases: dict[str, str] = {}
    for number, text in enumerate(given + answers):
        for node in ast.walk(parse(text)):
            if isinstance(node, ast.Attribute) and number < len(given):
                # Parts of a package may be loaded when they are first asked for: np.testing, tf.debugging.
                root, _, rest = ast.unparse(node).partition(".")
                if root in aliases and rest.replace(".", "").isidentifier():
                    modules[f"{aliases[root]}.{rest}"] = None
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                if isinstance(node, ast.Import):
                    modules |= dict.fromkeys(alias.name for alias in node.names)
                    aliases |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
                elif node.module and not node.level:
                    modules[node.module] = None
                if number < len(given) and "*" not in [alias.name for alias in node.names]:
                    imports[ast.unparse(node)] = None
            elif isinstance(node, ast.ClassDef):
                names.add(node.name)
                methods = {inner.name for inner in ast.walk(node) if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef))}
                methods |= {
                    t.id
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Assign)
                    for t in inner.targets
                    if isinstance(t, ast.Name)
                }
                if any(not (isinstance(d, ast.Name) and d.id == "dataclass") for d in node.decorator_list):
                    methods.add("*")
                classes.setdefault(node.name, set()).update(methods)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return Setup(
        modules=tuple(modules),
        imports=tuple(imports),
        names=tuple(sorted(names)),
        classes={name: tuple(sorted(methods)) for name, methods in sorted(classes.items())},
    )


def parse(text: str) -> ast.Module:
    """A cell's code; line magics and shell commands are left out. An empty module when it is no Python."""
    lines = [line if not line.lstrip().startswith(("%", "!")) else "" for line in text.splitlines()]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def works(submission: str, plan: PlainPlan, notebooks: dict[str, Notebook], files: dict[str, bytes]) -> list[Work]:
    """What a worker is to do: one piece of work for each notebook, since each has a process of its own."""
    merged = {**files, **{name: data for name, data in plan.files.items() if name not in plan.own or name not in files}}
    encoded = {name: base64.b64encode(data).decode("ascii") for name, data in merged.items()}
    genuine = tuple(name for name in plan.files if name not in plan.own)
    return [
        Work(
            f"{submission}/{name}",
            plan.assignment.track,
            steps(notebook, plan.cells[name]),
            plan.limits,
            setup_for(plan.setups[name], encoded, genuine, [text for _, text in code_cells(notebook)]),
        )
        for name, notebook in notebooks.items()
    ]


def setup_for(facts: Setup, files: dict[str, str], genuine: tuple[str, ...], sources: Iterable[str]) -> Setup:
    """The author's facts with a submission's files; in doubt where a cell speaks of objects that equal anything."""
    doubt = any("mock" in text or "approx" in text for text in sources)
    return Setup(**{**vars(facts), "files": files, "genuine": genuine, "doubt": doubt})


def steps(notebook: Notebook, known: Iterable[str]) -> tuple[RunStep, ...]:
    """The code cells of a notebook in order; `known` are the grade ids of the author's."""
    found = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell["source"].strip():
            authors = grading(cell).get("grade_id") in known and not grading(cell).get("solution")
            found.append(RunStep(cell["id"], cell["source"], "test" if is_test(cell) else "author" if authors else ""))
    return tuple(found)
