"""Only answers are taken from a hand-in; checks are the released ones, once, in their place (faults 4 to 8)."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from conftest import RIGHT, TRANSPOSED, answered, cell
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.classroom import slim
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.intake import release_notebook
from autograder.classroom.rebuild import Rebuilt, defined_names, rebuild

Notebook = dict[str, Any]


@pytest.fixture(scope="session")
def release(pristine: Any) -> Notebook:
    folder = ClassFolder.open(pristine)
    return release_notebook(folder, Assignment("00-try", "pytorch"))


def rebuilt(release: Notebook, notebook: Notebook) -> Rebuilt:
    return rebuild(release, slim.slim(json.dumps(notebook).encode())["cells"])


def source(result: Rebuilt, name: str) -> str:
    return cell(result.notebook, name)["source"]


def is_canonical(result: Rebuilt, release: Notebook) -> bool:
    """Released cells in order, all but the answers as released, added cells between them without any metadata."""
    own = [c for c in result.notebook["cells"] if not c["id"].startswith("added-")]
    added = [c for c in result.notebook["cells"] if c["id"].startswith("added-")]
    assert all(c["metadata"] == {} and c["cell_type"] == "code" for c in added)
    assert all(c["outputs"] == [] for c in result.notebook["cells"] if c["cell_type"] == "code")
    assert [c["id"] for c in own] == [c["id"] for c in release["cells"]]
    for mine, theirs in zip(own, release["cells"], strict=True):
        assert mine["metadata"] == theirs["metadata"]
        assert mine["cell_type"] == theirs["cell_type"]
        if not theirs["metadata"]["nbgrader"]["solution"]:
            assert mine["source"] == theirs["source"]
    return True


def test_an_honest_hand_in_keeps_its_answers(release: Notebook, blank: Notebook) -> None:
    result = rebuilt(release, answered(blank))
    assert is_canonical(result, release)
    assert source(result, "one_hot") == RIGHT["one_hot"]
    assert not result.notes
    assert not result.flags


def test_the_kernel_is_forced(release: Notebook, blank: Notebook) -> None:
    blank["metadata"]["kernelspec"] = {"name": "my-own", "display_name": "x", "language": "bash"}
    assert rebuilt(release, blank).notebook["metadata"]["kernelspec"]["name"] == "python3"


def test_outputs_are_stripped(release: Notebook, blank: Notebook) -> None:
    cell(blank, "check-one_hot")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "passed " * 100_000}]
    result = rebuilt(release, answered(blank))
    assert is_canonical(result, release)
    assert len(json.dumps(result.notebook)) < 20_000


@pytest.mark.parametrize("keep_ids", [True, False])
def test_stripped_metadata_is_rebuilt(release: Notebook, blank: Notebook, keep_ids: bool) -> None:
    notebook = answered(blank)
    for c in notebook["cells"]:
        c["metadata"] = {}
        if not keep_ids:
            del c["id"]
    result = rebuilt(release, notebook)
    assert is_canonical(result, release)
    assert source(result, "one_hot") == RIGHT["one_hot"]
    assert source(result, "scale") == RIGHT["scale"]
    assert not [c for c in result.notebook["cells"] if c["id"].startswith("added-")]


def test_a_stripped_answer_with_another_name_is_known_by_its_place(release: Notebook, blank: Notebook) -> None:
    notebook = answered(blank, RIGHT | {"scale": "scale = lambda x, factor: x * factor"})
    for c in notebook["cells"]:
        c["metadata"] = {}
    result = rebuilt(release, notebook)
    assert source(result, "scale").startswith("scale = lambda")
    assert any("place" in note for note in result.notes)


def test_a_duplicated_check_counts_once(release: Notebook, blank: Notebook) -> None:
    notebook = answered(blank)
    notebook["cells"].append(copy.deepcopy(cell(notebook, "check-one_hot")))
    result = rebuilt(release, notebook)
    assert is_canonical(result, release)
    assert any("2 times" in note for note in result.notes)


def test_two_different_answers_are_flagged_and_the_last_counts(release: Notebook, blank: Notebook) -> None:
    notebook = answered(blank, {"one_hot": TRANSPOSED})
    again = copy.deepcopy(cell(notebook, "one_hot"))
    again["source"] = RIGHT["one_hot"]
    notebook["cells"].append(again)
    result = rebuilt(release, notebook)
    assert is_canonical(result, release)
    assert source(result, "one_hot") == RIGHT["one_hot"]
    assert any("different answers" in flag for flag in result.flags)


def test_a_copied_stub_does_not_hide_the_answer(release: Notebook, blank: Notebook) -> None:
    stub = copy.deepcopy(cell(blank, "one_hot"))
    notebook = answered(blank)
    notebook["cells"].append(stub)
    result = rebuilt(release, notebook)
    assert source(result, "one_hot") == RIGHT["one_hot"]
    assert not result.flags


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(source="pass"),
        lambda c: c.update(cell_type="markdown"),
        lambda c: c.update(cell_type="raw", source="None"),
        lambda c: c["metadata"]["nbgrader"].update(points=1000),
        lambda c: c["metadata"]["nbgrader"].update(grade=False),
        lambda c: c["metadata"]["nbgrader"].update(grade=False, solution=True, locked=False),
        lambda c: c["metadata"]["nbgrader"].update(grade_id="something-else"),
        lambda c: c["metadata"].update(tags=["skip-execution"]),
        lambda c: c["metadata"].update(tandem={"exercise": "scale"}),
        lambda c: c["metadata"].update(nbgrader={}),
        lambda c: c["metadata"].update(nbgrader=None),
        lambda c: c.update(metadata=[]),
    ],
)
def test_a_changed_check_is_restored(release: Notebook, blank: Notebook, change: Any) -> None:
    notebook = answered(blank)
    change(cell(notebook, "check-one_hot"))
    assert is_canonical(rebuilt(release, notebook), release)


def test_an_edited_check_is_flagged(release: Notebook, blank: Notebook) -> None:
    notebook = answered(blank)
    cell(notebook, "check-one_hot")["source"] = "1 + 1"
    assert any("changed" in flag for flag in rebuilt(release, notebook).flags)


def test_deleted_cells_come_back(release: Notebook, blank: Notebook) -> None:
    notebook = answered(blank)
    gone = ("check-one_hot", "set-up", "demonstration", "scale")
    notebook["cells"] = [c for c in notebook["cells"] if c["id"] not in gone]
    result = rebuilt(release, notebook)
    assert is_canonical(result, release)
    assert "NotImplementedError" in source(result, "scale")
    assert any("not in the notebook: scale" in note for note in result.notes)


def test_an_answer_moved_elsewhere_returns_to_its_place(release: Notebook, blank: Notebook) -> None:
    notebook = answered(blank)
    moved = cell(notebook, "one_hot")
    notebook["cells"].remove(moved)
    notebook["cells"].append(moved)
    result = rebuilt(release, notebook)
    assert is_canonical(result, release)
    assert source(result, "one_hot") == RIGHT["one_hot"]


def test_an_answer_turned_into_markdown_is_run(release: Notebook, blank: Notebook) -> None:
    notebook = answered(blank)
    cell(notebook, "one_hot")["cell_type"] = "markdown"
    result = rebuilt(release, notebook)
    assert is_canonical(result, release)
    assert source(result, "one_hot") == RIGHT["one_hot"]


def test_a_helper_in_an_added_cell_stays_before_its_answer(release: Notebook, blank: Notebook) -> None:
    notebook = answered(blank, {"one_hot": "def one_hot(labels, num_classes):\n    return helper(num_classes)[labels]"})
    at = notebook["cells"].index(cell(notebook, "one_hot"))
    helper = {"cell_type": "code", "metadata": {"tags": ["skip-execution"]}, "source": "helper = torch.eye", "outputs": []}
    notebook["cells"].insert(at, helper)
    result = rebuilt(release, notebook)
    assert is_canonical(result, release)
    order = [c["id"] for c in result.notebook["cells"]]
    assert order.index("added-1") == order.index("one_hot") - 1


def test_an_answer_in_a_fresh_cell_below_the_stub_is_run_before_the_check(release: Notebook, blank: Notebook) -> None:
    at = blank["cells"].index(cell(blank, "one_hot"))
    blank["cells"].insert(at + 1, {"cell_type": "code", "metadata": {}, "source": RIGHT["one_hot"], "outputs": []})
    order = [c["id"] for c in rebuilt(release, blank).notebook["cells"]]
    assert order.index("one_hot") < order.index("added-1") < order.index("check-one_hot")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(x):\n    return x", {"f"}),
        ("import torch\nclass Net(torch.nn.Module): ...", {"Net"}),
        ("def f(x):\n    return (", {"f"}),
        ("%time\ndef f(x): pass", {"f"}),
        ("def f(): pass\x00", {"f"}),
        ("(" * 5000, set()),
        ("x = 1", set()),
    ],
)
def test_names_are_found_in_broken_code_too(text: str, names: set[str]) -> None:
    assert defined_names(text) == names


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_done_to_the_cells_the_result_is_canonical(
    release: Notebook, blank: Notebook, data: st.DataObject
) -> None:
    notebook = answered(blank)
    cells = [copy.deepcopy(c) for c in data.draw(st.lists(st.sampled_from(notebook["cells"]), min_size=1, max_size=25))]
    for c in cells:
        for damage in data.draw(st.sets(st.sampled_from(["id", "metadata", "source", "type", "grade_id"]))):
            if damage == "id":
                c.pop("id")
            elif damage == "metadata":
                c["metadata"] = {}
            elif damage == "source":
                c["source"] = data.draw(st.text(max_size=30))
            elif damage == "type":
                c["cell_type"] = data.draw(st.sampled_from(["code", "markdown", "raw", "odd", 3]))
            elif c["metadata"]:
                c["metadata"]["nbgrader"]["grade_id"] = data.draw(st.sampled_from(["one_hot", "check-scale", "x", 7, None]))
    result = rebuilt(release, notebook | {"cells": cells})
    assert is_canonical(result, release)
    json.dumps(result.notebook).encode()
