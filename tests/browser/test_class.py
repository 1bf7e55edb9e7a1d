"""A class from the instructor's side: graded by command, looked at in the formgrader, marked by hand, handed back."""

import json
import subprocess

import nbformat
import pytest

from autograder.authoring import source

LESSON = "01-tensors"
NAME = f"{LESSON}-pytorch"
ROSTER = "id,first name,last name,email\nana,Ana,Pérez,ana@x.org\nbob,Bob,Ng,bob@x.org\neve,Eve,Adam,eve@x.org\n"
WRONG = "def affine(x, w, b):\n    return x @ w"
SCRIPT = 'from IPython.display import HTML, display\ndisplay(HTML("<script>document.title = 1234</script><b>x</b>"))\n'


def autograder(python, *arguments, status=0):
    command = [python, "-c", "from autograder.cli import app; app()", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def hand_in(folder, student, **changed):
    notebook = nbformat.read(source.LESSONS / LESSON / "pytorch.ipynb", as_version=4)
    instructor = nbformat.read(source.SOLUTIONS / LESSON / "instructor-pytorch.ipynb", as_version=4)
    answers = {cell.id: cell.source for cell in instructor.cells}
    for cell in notebook.cells:
        if cell.metadata.nbgrader.solution:
            cell.source = changed.get(cell.id, answers[cell.id])
    # What draws is not graded here: without it the class is done in a moment.
    notebook.cells = [c for c in notebook.cells if "plots.show" not in c.source]
    place = folder / "submitted" / student / NAME
    place.mkdir(parents=True)
    nbformat.write(notebook, place / "pytorch.ipynb")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, python):
    folder = tmp_path_factory.mktemp("class") / "dl-2027"
    (folder.parent / "roster.csv").write_text(ROSTER)
    autograder(
        python, "new-class", folder, "--lessons", LESSON, "--tracks", "pytorch", "--roster", folder.parent / "roster.csv"
    )
    hand_in(folder, "ana")
    hand_in(folder, "bob", affine=WRONG, one_hot=SCRIPT + "def one_hot(labels, num_classes):\n    return labels")
    (folder / "submitted" / "eve" / NAME).mkdir(parents=True)
    (folder / "submitted" / "eve" / NAME / "pytorch.ipynb").write_text("{")
    told = autograder(python, "grade", folder, NAME, status=1)
    assert "eve" in told
    return folder


@pytest.fixture(scope="module")
def formgrader(serve, free_port, python, graded):
    port = free_port()
    # Without a token: the formgrader's own requests would need a login in between, as a person makes it.
    options = [f"--ServerApp.port={port}", "--no-browser", "--allow-root", "--IdentityProvider.token="]
    url = serve(["env", "-C", str(graded), python, "-m", "jupyter", "lab", *options], port, "/api")
    return lambda place="": f"{url}/formgrader{place}"


def marks(python, graded):
    autograder(python, "report", graded)
    lines = (graded / "report" / "grades.csv").read_text().splitlines()
    head = lines[0].split(",")
    return {row.split(",")[0]: dict(zip(head, row.split(","), strict=True)) for row in lines[1:]}


def test_the_formgrader_opens_on_the_result(formgrader, page, picture):
    page.goto(formgrader("/manage_assignments"))
    page.get_by_role("link", name=NAME).first.wait_for()
    picture(page, "formgrader-assignments")
    page.goto(formgrader(f"/manage_submissions/{NAME}"))
    page.get_by_text("Ana").first.wait_for()
    row = page.locator("tr", has_text="Bob").inner_text()
    assert "11 / 15" in row
    picture(page, "formgrader-submissions")
    page.goto(formgrader(f"/gradebook/{NAME}/pytorch"))
    page.get_by_role("link", name="Submission #1").click()
    page.get_by_role("heading", name=source.load(LESSON).title).wait_for()
    picture(page, "formgrader-submission")


def submission_page(formgrader, page, student):
    """Open a student's submission; the list names them by number only, so that marking is blind."""
    page.goto(formgrader(f"/manage_students/{student}/{NAME}"))
    page.get_by_role("link", name="pytorch").first.click()
    page.get_by_role("heading", name=source.load(LESSON).title).wait_for()


def test_a_mark_given_by_hand_survives_a_regrade(formgrader, page, picture, graded, python):
    before = marks(python, graded)["bob"]
    submission_page(formgrader, page, "bob")
    box = page.locator("input.score").first
    box.scroll_into_view_if_needed()
    with page.expect_response(lambda response: "/api/grade" in response.url and response.request.method == "PUT"):
        box.fill("1.5")
        box.press("Tab")
    comment = page.locator("textarea.comment").first
    with page.expect_response(lambda response: "/api/comment" in response.url and response.request.method == "PUT"):
        comment.fill("A good idea on the way.")
        comment.press("Tab")
    picture(page, "formgrader-marked-by-hand")
    by_hand = marks(python, graded)["bob"]
    assert float(by_hand["score"]) != float(before["score"])
    autograder(python, "grade", graded, NAME, "--regrade", status=1)
    assert marks(python, graded)["bob"] == by_hand
    assert "A good idea on the way." in (graded / "feedback" / "bob" / NAME / "pytorch.html").read_text()


def test_feedback_is_readable_runs_nothing_and_asks_nobody(page, picture, graded):
    elsewhere = []
    page.on("request", lambda request: elsewhere.append(request.url) if not request.url.startswith(("file:", "data:")) else 0)
    page.goto(f"file://{graded}/feedback/bob/{NAME}/pytorch.html")
    page.get_by_text("bias forgotten").first.wait_for()
    picture(page, "feedback")
    assert page.title() != "1234"
    text = page.locator("body").inner_text()
    assert "is never added to it" in text, "the hint says what to look at next"
    assert "Expected:" not in text, "a hidden case is shown"
    assert [url for url in elsewhere if "mathjax" not in url.lower() and "require" not in url.lower()] == []


def test_the_report_page_shows_who_waits_and_what_went_wrong(page, picture, graded, python):
    autograder(python, "report", graded)
    page.goto(f"file://{graded}/report/index.html")
    assert page.get_by_text("In quarantine: 1").is_visible()
    assert page.get_by_text("bias forgotten").first.is_visible()
    assert all(image.get_attribute("alt") for image in page.locator("img").all())
    picture(page, "report", full_page=True)
    assert json.loads((graded / ".tandem" / "quarantine.json").read_text())
