"""Those who are compared: stock nbgrader, stock with one numeric thread, otter, and this grader with one worker and two."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.bench import meter
from autograder.bench.classes import Classes
from autograder.bench.meter import Measured
from autograder.engine.process import environment as engine_environment

BIN = Path(sys.executable).parent
OTTER = "otter-grader==7.0.0"
THREADS = tuple(name for name in engine_environment("") if name.endswith("_THREADS"))

STOCK = """c = get_config()
c.CourseDirectory.course_id = {course!r}
c.CourseDirectory.root = {root!r}
c.Execute.timeout = 300
"""
CHECKS = {
    "one_hot": "one_hot(torch.tensor([0, 2, 1]), 4)[1].tolist() == [0, 0, 1, 0]",
    "softmax": "abs(float(softmax(torch.tensor([[1.0, 2.0], [0.0, 0.0]]))[1, 0]) - 0.5) < 1e-6",
    "scale": "scale(torch.tensor([1.0, 2.0]), 3.0).tolist() == [3.0, 6.0]",
}


class Arena:
    """Where the contestants run: class folders and logs below `base`."""

    def __init__(self, base: Path, unfenced: bool) -> None:
        self.base, self.unfenced = base, unfenced
        self.classes = Classes(base)

    def contestants(self) -> dict[str, Callable[[str, str, int], Measured]]:
        """All of them by name: each takes a lesson, a track and a number of submissions."""
        return {
            "stock": lambda *what: self.stock(*what, one_thread=False),
            "stock-one-thread": lambda *what: self.stock(*what, one_thread=True),
            "otter": self.otter,
            "ours-1": lambda *what: self.ours(*what, workers=1),
            "ours-2": lambda *what: self.ours(*what, workers=2),
        }

    def stock(self, lesson: str, track: str, submissions: int, *, one_thread: bool) -> Measured:
        """nbgrader autograde, with its own steps in their own order: a kernel for every submission."""
        name = f"{lesson}-{track}-stock{'-one-thread' if one_thread else ''}"
        folder, assignment = self.classes.make(lesson, track, submissions, name)
        folder.config.write_text(STOCK.format(course=folder.course_id, root=str(folder.root)), encoding="utf-8")
        return self.run([BIN / "nbgrader", "autograde", assignment.name], folder.root, name, one_thread)

    def ours(self, lesson: str, track: str, submissions: int, *, workers: int, name: str = "") -> Measured:
        """autograder grade, feedback included."""
        name = name or f"{lesson}-{track}-ours-{workers}"
        folder, _ = self.classes.make(lesson, track, submissions, name)
        extra = ["--unfenced"] if self.unfenced else []
        done = self.run(
            [BIN / "autograder", "grade", folder.root, "--all", "--workers", str(workers), *extra], folder.root, name, False
        )
        records = [json.loads(path.read_text()) for path in (folder.private / "results").rglob("s*.json")]
        full = sum(all(mark["score"] == mark["points"] for mark in one["marks"]) for one in records)
        if full != submissions:
            raise RuntimeError(f"{name}: {full} of {submissions} right submissions got full marks:\n{done.output[-2000:]}")
        return done

    def otter(self, lesson: str, track: str, submissions: int) -> Measured:
        """otter run, one submission after the other: it grades one at a time, each in a fresh process and kernel."""
        name = f"{lesson}-{track}-otter"
        folder = self.base / name
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "tests").mkdir(parents=True)
        (folder / "out").mkdir()
        for exercise, check in CHECKS.items():
            code = check if track == "pytorch" else tensorflow(check)
            case = {"code": f">>> bool({code})\nTrue", "hidden": False, "locked": False}
            suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
            test = {"name": exercise, "points": 1, "suites": [suite]}
            (folder / "tests" / f"{exercise}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n", encoding="utf-8")
        (folder / "submission.ipynb").write_text(json.dumps(self.for_otter(lesson, track)), encoding="utf-8")
        otter = self.install_otter()
        made = subprocess.run(
            [otter, "generate", "-t", "tests", "-o", "autograder.zip"], cwd=folder, capture_output=True, text=True
        )
        if not (folder / "autograder.zip").is_file():
            raise RuntimeError(f"otter generate: {made.stdout[-1000:]}{made.stderr[-2000:]}")
        one = f'"{otter}" run --no-logo -a autograder.zip -o out submission.ipynb'
        loop = f"for i in $(seq {submissions}); do {one} || exit 1; done"
        done = self.run(["/bin/sh", "-c", loop], folder, name, False)
        scores = json.loads((folder / "out" / "results.json").read_text())["tests"] if done.status == 0 else []
        if done.status or not all(test.get("score") == test.get("max_score") for test in scores):
            raise RuntimeError(f"otter did not give full marks: {scores} {done.output[-2000:]}")
        return done

    def for_otter(self, lesson: str, track: str) -> dict[str, Any]:
        """The same notebook, asking otter's checks where ours stood."""
        notebook = self.classes.answered(lesson, track)
        for cell in notebook["cells"]:
            source = "".join(cell["source"])
            exercise = cell["metadata"].get("tandem", {}).get("exercise", "")
            if cell["metadata"]["nbgrader"]["grade"]:
                cell["source"] = f'grader.check("{exercise}")'
            elif "check.quiz" in source or "check.summary" in source:
                cell["source"] = ""
            elif re.search(r"^check = start", source, re.MULTILINE):
                cell["source"] = "import otter\ngrader = otter.Notebook(tests_dir='tests')"
            cell["metadata"] = {}
        return notebook

    def install_otter(self) -> Path:
        """otter's command, in an environment of its own that finds this one's packages. Not a dependency of the project."""
        place = self.base / "otter"
        command = place / "bin" / "otter"
        if not command.exists():
            venv.create(place, with_pip=True)
            packages = next(path for path in map(Path, sys.path) if path.name == "site-packages")
            version = f"python{sys.version_info.major}.{sys.version_info.minor}"
            (place / "lib" / version / "site-packages" / "with.pth").write_text(f"{packages}\n", encoding="utf-8")
            subprocess.run([place / "bin" / "python", "-m", "pip", "install", "--quiet", OTTER], check=True)
        return command

    def run(self, command: list[str | Path], folder: Path, name: str, one_thread: bool) -> Measured:
        """Run it as a person would: threads as the libraries choose, unless one is asked for."""
        variables = {key: value for key, value in os.environ.items() if key not in THREADS}
        variables |= {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "TF_CPP_MIN_LOG_LEVEL": "3"}
        if one_thread:
            variables |= dict.fromkeys(THREADS, "1")
        logs = self.base / "logs"
        logs.mkdir(exist_ok=True)
        done = meter.run(command, folder, variables, logs / f"{name}.txt")
        if done.status:
            raise RuntimeError(f"{name} ended with status {done.status}:\n{done.output[-3000:]}")
        return done


def tensorflow(check: str) -> str:
    """A check of PyTorch tensors as one of TensorFlow's."""
    return check.replace("torch.tensor(", "tf.constant(").replace(".tolist()", ".numpy().tolist()")
