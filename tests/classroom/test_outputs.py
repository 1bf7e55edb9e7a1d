"""Outputs are text and pictures only, and never large (faults 8, 24)."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.classroom import outputs
from autograder.classroom.outputs import harmless, is_picture


def png(width: int, height: int) -> str:
    """A PNG that says it has this size; its body is a single row."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" + bytes(min(width, 100)))
    parts = [(b"IHDR", head), (b"IDAT", body), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n"
    for name, content in parts:
        data += struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return base64.b64encode(data).decode()


def display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {key.replace("_", "/"): v for key, v in data.items()}}


SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "mime",
    [
        "text/html",
        "image/svg+xml",
        "application/javascript",
        "text/markdown",
        "text/latex",
        "application/vnd.jupyter.widget-view+json",
    ],
)
def test_what_a_browser_could_run_is_dropped(mime: str) -> None:
    shown = harmless([{"output_type": "display_data", "data": {mime: SCRIPT}, "metadata": {"x": SCRIPT}}])
    assert "script>" not in json.dumps(shown)
    assert mime in shown[0]["data"]["text/plain"]


def test_text_and_pictures_stay() -> None:
    given = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
        {"output_type": "execute_result", "data": {"text/plain": "0.5"}, "metadata": {}, "execution_count": 3},
        display(image_png=png(10, 10), text_plain="<Figure>"),
        {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["line"]},
    ]
    kept = harmless(given)
    assert [output["output_type"] for output in kept] == ["stream", "execute_result", "display_data", "error"]
    assert kept[0]["text"] == "a\nb"
    assert kept[1]["data"] == {"text/plain": "0.5"}
    assert set(kept[2]["data"]) == {"image/png", "text/plain"}
    assert kept[3]["ename"] == "ValueError"


def test_the_courses_own_figures_become_pictures_with_their_words() -> None:
    html = f'<img alt="two moons &amp; a line" width="614" src="data:image/png;base64,{png(20, 10)}">'
    kept = harmless([display(text_html=html)])
    assert kept[0]["data"]["text/plain"] == "two moons & a line"
    assert kept[0]["data"]["image/png"] == png(20, 10)
    for bad in (html.replace("<img", "<img onerror=alert(1)"), html + SCRIPT, html.replace("two moons", '"><script>')):
        assert "image/png" not in harmless([display(text_html=bad)])[0]["data"]


@pytest.mark.parametrize("size", [(100_000, 100_000), (0, 10), (1, 2**31 - 1)])
def test_a_picture_of_absurd_size_is_dropped(size: tuple[int, int]) -> None:
    assert not is_picture(png(*size), "image/png")
    assert is_picture(png(100, 100), "image/png")


@pytest.mark.parametrize("data", ["", "!!!!", base64.b64encode(SCRIPT.encode()).decode(), "A" * (20 << 20)])
def test_what_only_calls_itself_a_picture_is_dropped(data: str) -> None:
    assert not is_picture(data, "image/png")
    assert not is_picture(data, "image/jpeg")


def test_floods_are_cut() -> None:
    lines = harmless([{"output_type": "stream", "name": "stdout", "text": "x" * (30 << 20)}])
    many = harmless([{"output_type": "stream", "name": "stdout", "text": "y\n" * 10_000}] * 10_000)
    assert len(json.dumps(lines)) < 5_000
    assert len(json.dumps(many)) < outputs.OUTPUTS_PER_CELL * 2 * outputs.TEXT_LIMIT
    assert "more outputs" in many[-1]["text"]


def test_the_name_of_an_error_cannot_carry_anything() -> None:
    kept = harmless([{"output_type": "error", "ename": SCRIPT, "evalue": "", "traceback": None}])
    assert kept[0]["ename"] == "Error"


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.lists(
        ANY
        | st.fixed_dictionaries(
            {"output_type": st.sampled_from(["stream", "error", "display_data", "execute_result", "x"])},
            optional={
                "name": ANY,
                "text": ANY,
                "data": ANY | st.dictionaries(st.sampled_from(["text/plain", "text/html", "image/png", "image/jpeg"]), ANY),
                "ename": ANY,
                "evalue": ANY,
                "traceback": ANY,
                "metadata": ANY,
            },
        ),
        max_size=5,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_outputs_become_valid_ones(given: list[Any]) -> None:
    import nbformat

    kept = harmless(given)
    for i, output in enumerate(kept):
        if output["output_type"] == "execute_result":
            output["execution_count"] = i
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(o) for o in kept])])
    nbformat.validate(notebook)
