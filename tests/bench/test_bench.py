"""The benchmark's own parts: no time is asserted anywhere, only that what is measured is what is written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from typer.testing import CliRunner

from autograder.bench import meter, page, run
from autograder.bench.classes import Classes
from autograder.bench.contestants import Arena, tensorflow
from autograder.cli import app


def test_a_command_is_measured_with_its_children(tmp_path: Path) -> None:
    child = "import time; block = bytearray(b'x') * (60 << 20); time.sleep(3)"
    source = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print('done')"
    done = meter.run([sys.executable, "-c", source], tmp_path, dict(os.environ), tmp_path / "log")
    assert (done.status, done.output) == (0, "done\n")
    assert done.seconds > 3
    assert 60 < done.peak < 400
    # Samples at the very beginning and end may miss the child.
    assert max(row[2] for row in done.series) > 60 > max(row[1] for row in done.series) > 0


def test_the_classes_are_right_and_differ_in_nothing(tmp_path: Path) -> None:
    classes = Classes(tmp_path)
    for lesson in ("light", "training"):
        folder, assignment = classes.make(lesson, "pytorch", 3, "class")
        texts = {path.read_text() for path in folder.submitted.rglob("*.ipynb")}
        assert len(list(folder.submitted.iterdir())) == 3
        assert len(texts) == 1
        assert "NotImplementedError" not in texts.pop()
        assert assignment.track == "pytorch"
    asked = Arena(tmp_path, False).for_otter("light", "tensorflow")
    sources = ["".join(cell["source"]) for cell in asked["cells"] if cell["cell_type"] == "code"]
    assert sum(source.startswith("grader.check(") for source in sources) == 3
    assert any("import otter" in source for source in sources)
    assert not any("from course" in source for source in sources)
    assert tensorflow("f(torch.tensor([1])).tolist()") == "f(tf.constant([1])).numpy().tolist()"


def test_the_page_has_what_was_measured_and_says_what_is_extrapolated(tmp_path: Path) -> None:
    series = [[0.5, 100.0, 300.0, 350.0], [1.0, 110.0, 301.0, 360.0]]
    one = {"submissions": 10, "seconds": 40.0, "peak": 700.0, "series": series, "load": [0.1, 2.5]}
    results = {
        "machine": {"cores": "2"},
        "light-pytorch-stock": one,
        "light-pytorch-ours-2": one | {"seconds": 2.0},
        "light-pytorch-overhead": dict.fromkeys([*page.STAGES, page.ASIDE, "overhead", "the student's own"], 0.05),
        "growth-pytorch-1000": one | {"submissions": 1000},
    }
    written = page.write(tmp_path, results)
    text = written[0].read_text()
    assert "| autograder grade, 2 workers | 10 | 0.20 | 20.0 | 700 |" in text
    assert "4,000 s (extrapolated)" in text
    assert "load while measuring: 0.1 to 2.5" in text
    assert "| light-pytorch | 50 | 50 |" in text
    assert written[1].read_bytes()[:4] == b"\x89PNG"
    assert page.write(tmp_path, {})


def test_pieces_have_names_and_a_failed_one_stops_nothing(tmp_path: Path, monkeypatch: object) -> None:
    listed = CliRunner().invoke(app, ["bench", str(tmp_path / "x"), "--list"]).output.split()
    assert "training-tensorflow-stock-one-thread" in listed and "growth-pytorch-1000" in listed
    assert len(listed) == len(set(listed)) == 30

    def fail() -> dict[str, object]:
        raise RuntimeError("out of order")

    said: list[str] = []
    pieces = [("a-bad", fail), ("a-good", lambda: {"seconds": 1.0, "output": "long"})]
    monkeypatch.setattr(run, "pieces", lambda *_: iter(pieces))  # type: ignore[attr-defined]
    found = run.run(tmp_path, ["a"], 1, (1,), False, said.append)
    assert set(found) == {"a-good", "machine"}
    assert found["a-good"]["seconds"] == 1.0 and "output" not in found["a-good"]
    assert any("out of order" in line for line in said)
