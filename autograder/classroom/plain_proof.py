"""An author's tests are tried on the author's own answers, once, before they decide about anybody's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from autograder.classroom import plain_marks
from autograder.classroom.errors import ClassError
from autograder.classroom.files import read_json, write_json
from autograder.classroom.folder import PRIVATE, ClassFolder
from autograder.classroom.plain import PlainPlan, canonical, is_test, works
from autograder.classroom.rebuild import Notebook
from autograder.engine.work import Outcome, Work


def prove(folder: ClassFolder, plan: PlainPlan, run: Callable[[list[Work], int], Iterable[Outcome]]) -> None:
    """Run the notebooks of source/. Raises ClassError when a test cell ends with something that is no score.

    A test that fails there is the author's affair: a source notebook need not hold answers.
    """
    known = folder.root / PRIVATE / "plain" / f"{plan.name}.json"
    if read_json(known) == {"fingerprint": plan.fingerprint}:
        return
    notebooks = {name: made for name in plan.notebooks if (made := source_notebook(folder, plan, name))}
    for outcome in run(works(f"{plan.name}/the author's answers", plan, notebooks, {}), 1):
        results = {result.cell_id: result for result in outcome.results}
        for cell in notebooks[outcome.submission.split("/", 2)[2]]["cells"]:
            if is_test(cell):
                try:
                    plain_marks.mark_of(cell, results.get(cell["id"]))
                except plain_marks.NoScore as problem:
                    raise ClassError(f"{plan.name}, with the author's own answers: {problem}.") from None
        if outcome.fault:
            raise ClassError(f"{plan.name}, with the author's own answers: {outcome.fault}")
    write_json(known, {"fingerprint": plan.fingerprint})


def source_notebook(folder: ClassFolder, plan: PlainPlan, name: str) -> Notebook | None:
    """A notebook of source/, its locked cells as the gradebook knows them; None when there is none that can be read."""
    notebook = read_json(folder.source / plan.name / f"{name}.ipynb")
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        return None
    cells = []
    for i, cell in enumerate(notebook["cells"]):
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        cells.append({"id": f"cell-{i}", **cell, "source": source})
    return canonical({**notebook, "cells": cells}, plan.cells[name])
