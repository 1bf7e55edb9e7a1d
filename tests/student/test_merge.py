"""Whatever a student did with a notebook and whatever the course changed in it, no answer and no cell of theirs is lost."""

from copy import deepcopy

import nbformat
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from course.merge import by_id, cell_id, is_answer, merge

NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f"])
MAKERS = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


def course_cell(name, source, answer, kind="code"):
    cell = MAKERS[kind](source, id=name)
    cell.metadata["nbgrader"] = {"grade_id": name, "solution": answer}
    return cell


@st.composite
def releases(draw):
    """A version of the course's notebook: some of six cells in some order, c and d for the student to write."""
    names = draw(st.lists(NAMES, unique=True, max_size=6))
    kinds = {name: draw(st.sampled_from(["code", "markdown"])) for name in names if name in "cf"}
    return new_notebook(cells=[course_cell(n, f"{n}{draw(st.integers(0, 2))}", n in "cd", kinds.get(n, "code")) for n in names])


@st.composite
def histories(draw):
    """A release, what a student made of it, and the next release."""
    base, new = draw(releases()), draw(releases())
    mine = deepcopy(base)
    for cell in mine.cells:
        if draw(st.booleans()):
            cell.source = f"mine {draw(st.integers(0, 9))} {cell.id}"
    for number in range(draw(st.integers(0, 3))):
        own = MAKERS[draw(st.sampled_from(list(MAKERS)))](f"own {number}")
        mine.cells.insert(draw(st.integers(0, len(mine.cells))), own)
    if mine.cells and draw(st.booleans()):  # copied and pasted: the same ids twice
        copied = deepcopy(draw(st.sampled_from(mine.cells)))
        copied.source += " copied"
        mine.cells.append(copied)
    if mine.cells and draw(st.booleans()):
        mine.cells.pop(draw(st.integers(0, len(mine.cells) - 1)))
    return mine, base, new


@given(histories())
def test_nothing_a_student_wrote_is_lost_and_the_course_is_complete(history):
    mine, base, new = deepcopy(history)
    merged = merge(*history)
    assert history == (mine, base, new), "an input was changed"
    nbformat.validate(merged.notebook)
    sources = [cell.source for cell in merged.notebook.cells]
    before, seen = by_id(base), set()
    for cell in mine.cells:
        name = cell_id(cell)
        first = name is not None and name not in seen
        seen.add(name)
        locked = first and not is_answer(before[name])
        if not (locked or (first and cell.source == before[name].source)):
            assert any(source == cell.source or source.endswith(f"\n{cell.source}") for source in sources)
    assert [c.id for c in merged.notebook.cells if cell_id(c)] == [c.id for c in new.cells], "each cell once, in order"
    answered = by_id(merged.notebook)
    for cell in new.cells:
        assert answered[cell.id].source == cell.source or cell.id in merged.answers
    assert len({cell.id for cell in merged.notebook.cells}) == len(merged.notebook.cells)


@given(releases())
def test_an_untouched_notebook_becomes_the_new_one(new):
    base = new_notebook(cells=[course_cell("a", "old", False), course_cell("c", "stub", True)])
    assert merge(base, base, new).notebook == new


def test_an_own_cell_stays_behind_its_neighbour():
    base = new_notebook(cells=[course_cell("a", "a", False), course_cell("b", "b", False)])
    mine = new_notebook(cells=[base.cells[0], new_code_cell("mine"), base.cells[1]])
    new = new_notebook(cells=[course_cell(n, n, False) for n in "xaby"])
    assert [c.source for c in merge(mine, base, new).notebook.cells] == ["x", "a", "mine", "b", "y"]


def test_an_answer_without_a_place_stands_in_a_cell_of_its_own_and_is_no_second_answer():
    base = new_notebook(cells=[course_cell("a", "a", False), course_cell("c", "stub", True)])
    mine = deepcopy(base)
    mine.cells[1].source = "mine"
    merged = merge(mine, base, new_notebook(cells=[course_cell("a", "a", False)]))
    assert merged.homeless == ("c",)
    left = merged.notebook.cells[1]
    assert left.source.endswith("it was your answer to `c`.\nmine")
    assert "nbgrader" not in left.metadata
