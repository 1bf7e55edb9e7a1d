"""Archives as Moodle, Canvas and Gradescope make them, by careful and careless and hostile people."""

import io
import json
import stat
import zipfile
from datetime import UTC, datetime

import pytest
from conftest import RIGHT, TRANSPOSED, answered
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from autograder.classroom import archive as archives
from autograder.classroom import gradebook, intake
from autograder.classroom.collect import Roster, collect, plain
from autograder.classroom.errors import ClassError
from autograder.classroom.layouts import recognise
from autograder.cli import app

RUNNER = CliRunner()
STUDENTS = [
    {"id": "ada", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@x.org"},
    {"id": "n42", "first_name": "Noël", "last_name": "O'Brien-Šah", "email": "noel@x.org"},
    {"id": "kim1", "first_name": "Kim", "last_name": "Lee", "email": "kim1@x.org"},
    {"id": "kim2", "first_name": "Kim", "last_name": "Lee", "email": "kim2@x.org"},
]
METADATA = """---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: ada
    :email: ada@x.org
  :created_at: 2026-10-01 09:30:00.000000000 Z
  :score: 0.0
submission_12:
  :submitters:
  - :name: Kim Lee
    :sid:
    :email: kim1@x.org
  - :name: Kim Lee
    :sid: kim2
    :email: other@x.org
  :created_at: 2026-10-02 23:59:59.123456789 -05:00
"""


@pytest.fixture
def enrolled(folder):
    gradebook.add_students(folder, STUDENTS)
    return folder


@pytest.fixture
def book(blank):
    return json.dumps(answered(blank, RIGHT)).encode()


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(zipfile.ZipInfo(name, (2026, 10, 1, 12, 0, 0)) if isinstance(name, str) else name, data)
    return path


def placed(folder):
    return {str(path.relative_to(folder.submitted)): path.read_bytes() for path in sorted(folder.submitted.rglob("*.ipynb"))}


def test_moodle_with_and_without_folders(enrolled, book, tmp_path):
    foldered = zipped(tmp_path / "a.zip", {"Ada Lovelace_4711_assignsubmission_file_/pytorch.ipynb": book})
    result = collect(enrolled, foldered)
    assert (result.platform, result.new, result.refused) == ("moodle", [("ada", "00-try-pytorch")], [])
    flat = zipped(tmp_path / "b.zip", {"NOEL OBRIEN SAH_12_assignsubmission_file_my answer.ipynb": book})
    assert collect(enrolled, flat).new == [("n42", "00-try-pytorch")]
    assert placed(enrolled) == {"ada/00-try-pytorch/pytorch.ipynb": book, "n42/00-try-pytorch/my answer.ipynb": book}


def test_moodle_4_ends_its_folders_without_an_underscore(enrolled, book, tmp_path):
    path = zipped(tmp_path / "a.zip", {"Ada Lovelace_4711_assignsubmission_file/pytorch.ipynb": book})
    result = collect(enrolled, path)
    assert (result.platform, result.new, result.refused) == ("moodle", [("ada", "00-try-pytorch")], [])


def test_moodle_puts_a_group_before_each_name(enrolled, book, tmp_path):
    names = ("Tue-10-Ada Lovelace", "Tue-10-Noël O'Brien-Šah")
    files = {f"{name}_{i}_assignsubmission_file/pytorch.ipynb": book for i, name in enumerate(names)}
    assert sorted(s for s, _ in collect(enrolled, zipped(tmp_path / "a.zip", files)).new) == ["ada", "n42"]


@pytest.mark.parametrize(
    "names", [("Anna-Ada Lovelace",), ("Anna-Ada Lovelace", "Noël O'Brien-Šah"), ("X-Ada Lovelace", "Y-Kim")]
)
def test_half_a_name_is_nobodys(enrolled, book, tmp_path, names):
    files = {f"{name}_{i}_assignsubmission_file/pytorch.ipynb": book for i, name in enumerate(names)}
    assert "ada" not in [student for student, _ in collect(enrolled, zipped(tmp_path / "a.zip", files)).new]


def test_an_unpacked_archive_is_read_as_well_and_no_link_followed(enrolled, book, tmp_path):
    with zipfile.ZipFile(zipped(tmp_path / "a.zip", {"Ada Lovelace_1_assignsubmission_file/pytorch.ipynb": book})) as file:
        file.extractall(tmp_path / "a")
    (tmp_path / "a" / "No One_2_assignsubmission_file").symlink_to(tmp_path)
    (tmp_path / "a" / "film.mkv").write_bytes(b"large")
    with archives.opened(tmp_path / "a") as archive:
        assert [member.parts[-1] for member in archive.members] == ["pytorch.ipynb"]
    result = collect(enrolled, tmp_path / "a")
    assert (result.platform, result.new) == ("moodle", [("ada", "00-try-pytorch")])
    assert result.refused == [("No One_2_assignsubmission_file", "it is a link or a device")]


def test_a_damaged_one_is_of_the_assignment_in_whose_folder_it_lies(enrolled, book, tmp_path):
    path = zipped(tmp_path / "a.zip", {"ada/00-try-tensorflow/x.ipynb": book[:100], "kim1/99-no-pytorch/x.ipynb": book[:100]})
    result = collect(enrolled, path)
    assert result.new == [("ada", "00-try-tensorflow")]
    assert [name for name, _ in result.refused] == ["kim1/99-no-pytorch/x.ipynb"]


def test_the_option_is_for_what_does_not_say_itself(enrolled, book, tmp_path):
    path = zipped(tmp_path / "a.zip", {"ada/pytorch.ipynb": book, "kim1/pytorch.ipynb": book[:100]})
    assert "--assignment" in collect(enrolled, path).refused[0][1]
    again = collect(enrolled, path, "00-try-tensorflow")
    assert (again.unchanged, again.new, again.refused) == (1, [("kim1", "00-try-tensorflow")], [])


def test_canvas_knows_late_ones_and_numbers_what_comes_again(enrolled, book, blank, tmp_path):
    older = json.dumps(answered(blank, {"one_hot": TRANSPOSED})).encode()
    result = collect(
        enrolled,
        zipped(
            tmp_path / "a.zip",
            {
                "lovelaceada_LATE_4711_815_pytorch.ipynb": older,
                "lovelaceada_LATE_4711_816_pytorch-1.ipynb": book,
                "obriensahnoel_12_817_pytorch.ipynb": book,
            },
        ),
    )
    assert (result.platform, result.refused) == ("canvas", [])
    assert placed(enrolled) == {"ada/00-try-pytorch/pytorch.ipynb": book, "n42/00-try-pytorch/pytorch.ipynb": book}


def test_gradescope_says_who_and_when_and_a_group_hands_in_for_each(enrolled, book, tmp_path):
    path = zipped(
        tmp_path / "a.zip",
        {
            "assignment_9_export/submission_metadata.yml": METADATA.encode(),
            "assignment_9_export/submission_11/pytorch.ipynb": book,
            "assignment_9_export/submission_12/pytorch.ipynb": book,
            "assignment_9_export/submission_13/pytorch.ipynb": book,
        },
    )
    result = collect(enrolled, path)
    assert result.platform == "gradescope"
    assert sorted(student for student, _ in result.new) == ["ada", "kim1", "kim2"]
    assert [reason for _, reason in result.refused] == ["submission_metadata.yml does not say whose it is"]
    chosen = enrolled.assignments["00-try-pytorch"]
    assert enrolled.received_path("ada", chosen).read_text() == "2026-10-01 09:30:00"
    assert enrolled.received_path("kim1", chosen).read_text() == "2026-10-03 04:59:59"
    submission = intake.take(enrolled, "ada", chosen, intake.release_notebook(enrolled, chosen))
    assert submission.student == "ada"
    stamp = (enrolled.intake_folder("ada", chosen) / "timestamp.txt").read_text()
    assert stamp.startswith("2026-10-01 09:30:00")


def test_a_folder_zipped_by_hand_and_a_new_student(enrolled, book, tmp_path):
    files = {"hand-ins/ada/00-try-pytorch/pytorch.ipynb": book, "hand-ins/zoe/00-try-pytorch/pytorch.ipynb": book}
    result = collect(enrolled, zipped(tmp_path / "a.zip", files))
    assert (result.platform, sorted(s for s, _ in result.new)) == ("folders", ["ada", "zoe"])


def test_a_name_that_two_have_or_none_is_not_guessed(enrolled, book, tmp_path):
    files = {f"{name}_{i}_assignsubmission_file_/pytorch.ipynb": book for i, name in enumerate(("Kim Lee", "No One"))}
    result = collect(enrolled, zipped(tmp_path / "a.zip", files))
    assert not result.new
    reasons = " ".join(reason for _, reason in result.refused)
    assert "2 students have that name (kim1, kim2)" in reasons
    assert "nobody in the class's roster" in reasons
    assert placed(enrolled) == {}


def test_again_changes_nothing_and_what_is_replaced_is_kept(enrolled, book, tmp_path):
    name = "Ada Lovelace_4711_assignsubmission_file_/pytorch.ipynb"
    path = zipped(tmp_path / "a.zip", {name: book})
    collect(enrolled, path)
    assert collect(enrolled, path).unchanged == 1
    other = zipped(tmp_path / "b.zip", {name: book + b"\n"})
    assert collect(enrolled, other).replaced == [("ada", "00-try-pytorch")]
    (kept,) = (enrolled.private / "replaced").rglob("*.ipynb")
    assert kept.read_bytes() == book


def test_a_notebook_that_does_not_say_its_lesson_needs_the_option(enrolled, tmp_path):
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}
    empty = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    path = zipped(tmp_path / "a.zip", {"ada/x.ipynb": empty})
    assert "--assignment" in collect(enrolled, path).refused[0][1]
    assert collect(enrolled, path, "00-try-tensorflow").new == [("ada", "00-try-tensorflow")]
    with pytest.raises(ClassError, match="no assignment 99"):
        collect(enrolled, path, "99")


@pytest.mark.parametrize("name", ["../../x.ipynb", "/etc/x.ipynb", "ada/../../x.ipynb", "..\\..\\x.ipynb", "C:/x.ipynb"])
def test_a_path_that_leads_out_is_refused(enrolled, book, tmp_path, name):
    path = zipped(tmp_path / "a.zip", {name: book, "ada/00-try-pytorch/pytorch.ipynb": book})
    before = sorted(tmp_path.rglob("*"))
    result = collect(enrolled, path)
    assert [reason for _, reason in result.refused] == ["its path leads out of the archive"]
    assert {p.suffix for p in set(tmp_path.rglob("*")) - set(before) if p.is_file()} <= {".ipynb", ""}
    assert list(placed(enrolled)) == ["ada/00-try-pytorch/pytorch.ipynb"]


def test_links_bombs_and_damage_are_refused_and_the_rest_is_taken(enrolled, book, tmp_path):
    link = zipfile.ZipInfo("n42/00-try-pytorch/pytorch.ipynb")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    path = zipped(tmp_path / "a.zip", {link: b"/etc/passwd", "ada/00-try-pytorch/pytorch.ipynb": book})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("kim1/00-try-pytorch/pytorch.ipynb", b"0" * (archives.SMALL * 2))
    result = collect(enrolled, path)
    assert result.new == [("ada", "00-try-pytorch")]
    reasons = sorted(reason for _, reason in result.refused)
    assert "far larger than it seems" in reasons[1]
    assert reasons[0] == "it is a link or a device"
    data = bytearray(path.read_bytes())
    at = data.index(book[:0] + b"pytorch.ipynb") + 40
    data[at : at + 20] = bytes(20)
    (tmp_path / "b.zip").write_bytes(data)
    assert any("damaged" in reason for _, reason in collect(enrolled, tmp_path / "b.zip").refused)


def test_a_header_that_lies_about_the_size_is_not_believed(enrolled, tmp_path):
    path = zipped(tmp_path / "a.zip", {"ada/00-try-pytorch/pytorch.ipynb": b"0" * (archives.SMALL * 3)})
    data = path.read_bytes().replace((archives.SMALL * 3).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(data)
    result = collect(enrolled, path)
    assert not result.new
    assert len(result.refused) == 1


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_said(enrolled, tmp_path, data):
    (tmp_path / "a.zip").write_bytes(data)
    result = RUNNER.invoke(app, ["collect", str(enrolled.root), str(tmp_path / "a.zip")])
    assert result.exit_code == 2
    assert "archive" in result.output
    assert "Traceback" not in result.output
    assert RUNNER.invoke(app, ["collect", str(enrolled.root), str(tmp_path / "none.zip")]).exit_code == 2


@pytest.mark.parametrize("text", ["", "[]", ":a: 1", "submission_11: {}", "!!python/object/apply:os.system [id]", "\x00"])
def test_damaged_metadata_is_said(enrolled, book, tmp_path, text):
    files = {"e/submission_metadata.yml": text.encode(), "e/submission_11/pytorch.ipynb": book}
    with pytest.raises(ClassError, match="Export the submissions again"):
        collect(enrolled, zipped(tmp_path / "a.zip", files))


def test_the_command_says_what_it_did_and_what_is_next(enrolled, book, tmp_path):
    files = {f"{n}_1{i}_assignsubmission_file_/pytorch.ipynb": book for i, n in enumerate(("Ada Lovelace", "No One"))}
    path = zipped(tmp_path / "a.zip", files)
    result = RUNNER.invoke(app, ["collect", str(enrolled.root), str(path)])
    assert result.exit_code == 1, result.output
    assert "from moodle. 1 hand-ins are new" in result.output
    assert "not taken: No One_11_" in result.output
    assert "00-try-pytorch" in result.output


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_name_is_the_same_however_a_platform_writes_it(first, last):
    assert plain(first + last) == plain(f"{first}  {last}".upper().lower()) or plain(first.upper()) != plain(first)
    assert plain(plain(first)) == plain(first)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=40), max_size=6))
def test_no_names_in_an_archive_make_it_fall_over(names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in dict.fromkeys(names):
            file.writestr(zipfile.ZipInfo(name), b"{}")
    buffer.seek(0)
    with zipfile.ZipFile(buffer) as file:
        opened = archives.Archive(file)
        if any(member.parts[-1].lower().endswith(".ipynb") for member in opened.members):
            assert recognise(opened)


def test_the_roster_prefers_what_is_certain(enrolled):
    from autograder.classroom.layouts import Person

    roster = Roster(enrolled)
    assert roster.find(Person("1", id="ADA")) == "ada"
    assert roster.find(Person("1", name="Kim Lee", email="KIM2@x.org")) == "kim2"
    assert datetime.now(UTC).year >= 2026
