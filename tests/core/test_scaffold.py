"""A lesson that was begun by command builds, proves itself in both tracks, and never overwrites another."""

import pytest

from autograder.authoring import build, known, proof, source
from autograder.authoring.errors import AuthorError
from autograder.authoring.scaffold import ScaffoldError, scaffold
from autograder.spec import public
from course.frameworks import TRACKS


@pytest.fixture
def begun(tmp_path):
    scaffold("11-centring", 'Centring: "where" is zero?', tmp_path / "solutions")
    return tmp_path / "solutions"


def test_it_builds_and_proves_itself_in_both_tracks(begun, tmp_path):
    generated = list(build.build(["11-centring"], begun, tmp_path / "lessons"))
    assert {file.path.name for file in generated} >= {"README.md", "pytorch.ipynb", "tensorflow.ipynb", "checks.json"}
    lesson = source.load("11-centring", begun)
    assert lesson.title == 'Centring: "where" is zero?'
    for track in TRACKS:
        rows = list(proof.matrix(lesson, track, ""))
        assert [row for row in rows if not row.ok] == []
        caught = {row.label for row in rows if not row.right}
        assert caught == {m.name for m in lesson.exercises["centre"].misconceptions if track in m.tracks}
        assert known.read(begun / "11-centring" / f"known_{track}.py", lesson, track)
    assert [difference for _, difference in proof.parity(lesson, "x") if difference] == []
    assert len(public(lesson.exercises["centre"], lesson.name).cases) == 3


@pytest.mark.parametrize("track", TRACKS)
def test_its_scripts_run_from_top_to_bottom(begun, track, capsys):
    source_text = (begun / "11-centring" / f"{track}.py").read_text()
    exec(compile(source_text, f"{track}.py", "exec"), {"__name__": "__main__"})
    assert "mean after" in capsys.readouterr().out


def test_an_error_in_it_names_file_and_line(begun, tmp_path):
    path = begun / "11-centring" / "pytorch.py"
    path.write_text(path.read_text().replace("# %% picture\n", "# %% pictur\n"))
    with pytest.raises(AuthorError, match=r"11-centring/(pytorch\.py|lesson\.md):\d+"):
        list(build.build(["11-centring"], begun, tmp_path / "lessons"))


@pytest.mark.parametrize("name", ["attention", "11_attention", "../11-x", "11-", "11-Attention", "lab", ""])
def test_a_name_that_is_none_is_refused(tmp_path, name):
    with pytest.raises(ScaffoldError, match="is no name of a lesson"):
        scaffold(name, "Title", tmp_path)


def test_nothing_is_overwritten_and_a_title_is_needed(begun):
    with pytest.raises(ScaffoldError, match="is there already"):
        scaffold("11-centring", "Another", begun)
    with pytest.raises(ScaffoldError, match="11 is the number of 11-centring already"):
        scaffold("11-other", "Another", begun)
    scaffold("lab-other", "A lab", begun)
    for title in ("", " ", "two\nlines"):
        with pytest.raises(ScaffoldError, match="title"):
            scaffold("12-x", title, begun)
