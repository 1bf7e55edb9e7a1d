"""Reading notebook files: every age and make is read or refused in words, and nothing crashes (faults 1, 2, 3, 8)."""

from __future__ import annotations

import codecs
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.classroom import intake, slim
from autograder.classroom.errors import Refused
from autograder.classroom.handin import Found


def notebook(cells: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    cells = cells or [{"cell_type": "code", "metadata": {}, "source": ["x = 1\n", "y"], "outputs": []}]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"[]", "is no notebook"),
        (b"null", "is no notebook"),
        (b'{"cells": []', "cut off"),
        (encoded(notebook())[:-40], "cut off"),
        (b"{}", "does not say its format"),
        (b'{"nbformat": true, "cells": [1]}', "no cells"),
        (b'{"nbformat": 4, "cells": []}', "no cells"),
        (b'{"nbformat": 4, "cells": {"a": 1}}', "no cells"),
        (b"[" * 100_000, "too deep"),
        (b'{"a":' * 100_000, "too deep"),
        (b'{"nbformat": ' + b"9" * 10_000 + b"}", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "cannot be read"),
        (codecs.BOM_UTF8 + b"\xff\xfe{", "is not"),
        (encoded(notebook([{"cell_type": "code", "source": "x" * (slim.MAX_SOURCE + 1)}])), "more text than"),
        (encoded(notebook([{"cell_type": "code", "source": ""}] * (slim.MAX_CELLS + 1))), "cells"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(slim.NoNotebook, match=words):
        slim.slim(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_read(encoding: str) -> None:
    text = json.dumps(notebook([{"cell_type": "code", "source": "name = 'José'"}]), ensure_ascii=False)
    read = slim.slim(text.encode(encoding))
    assert read["cells"][0]["source"] == "name = 'José'"
    assert bool(read["notes"]) == (encoding != "utf-8")


def test_latin_1_is_read_with_a_note() -> None:
    text = json.dumps(notebook([{"cell_type": "code", "source": "name = 'José'"}]), ensure_ascii=False)
    read = slim.slim(text.encode("latin-1"))
    assert read["cells"][0]["source"] == "name = 'José'"
    assert any("latin-1" in note for note in read["notes"])


def test_format_3_is_converted() -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python"}]}],
    }
    read = slim.slim(encoded(old))
    assert read["cells"] == [{"type": "code", "source": "x = 1\ny = 2", "grade_id": ""}]
    assert any("format is 3" in note for note in read["notes"])


@pytest.mark.parametrize("version", [(4, 99), (5, 0)])
def test_formats_of_the_future_are_read_with_a_note(version: tuple[int, int]) -> None:
    read = slim.slim(encoded(notebook() | {"nbformat": version[0], "nbformat_minor": version[1]}))
    assert read["cells"][0]["source"] == "x = 1\ny"
    assert any("newer" in note for note in read["notes"])


def test_outputs_attachments_and_widgets_are_dropped() -> None:
    heavy = {"cell_type": "code", "source": "x", "outputs": [{"output_type": "stream", "text": "y" * 100_000}]}
    read = slim.slim(encoded(notebook([heavy | {"attachments": {"a.png": {"image/png": "z" * 1000}}}])))
    assert len(json.dumps(read)) < 500


def test_a_large_file_is_read_in_a_bounded_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LARGE", 1000)
    outputs = [{"output_type": "stream", "name": "stdout", "text": "y" * (30 << 20)}]
    data = encoded(notebook([{"cell_type": "code", "source": "x = 'ü'", "outputs": outputs}]))
    assert intake.read(Found("pytorch.ipynb", data, ""))["cells"][0]["source"] == "x = 'ü'"
    with pytest.raises(Refused, match="cut off"):
        intake.read(Found("pytorch.ipynb", data[:-9], ""))


def test_a_file_whose_objects_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "CHILD_MEMORY", 200 << 20)
    data = b'{"nbformat": 4, "cells": [' + b"[]," * (4 << 20) + b"[]]}"
    with pytest.raises(Refused, match="too large"):
        intake.read(Found("pytorch.ipynb", data, ""))


def test_lone_surrogates_and_old_line_ends_can_be_written_again() -> None:
    data = rb'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a\ud800b\r\nc\rd"}]}'
    assert slim.slim(data)["cells"][0]["source"] == "a?b\nc\nd"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 9) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "source", "input", "metadata", "nbgrader", "grade_id", "nbformat", "worksheets", "tandem"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_any_json_is_read_or_refused(value: Any) -> None:
    for tree in (value, {"nbformat": 4, "cells": value}, {"nbformat": 4, "cells": [value], "metadata": value}):
        try:
            read = slim.slim(encoded(tree))
        except slim.NoNotebook as problem:
            assert str(problem)
        else:
            assert all(set(cell) == {"type", "source", "grade_id"} for cell in read["cells"])
            json.dumps(read).encode()


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for content in (data, b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "' + data + b'"}]}'):
        try:
            slim.slim(content)
        except slim.NoNotebook as problem:
            assert str(problem)
