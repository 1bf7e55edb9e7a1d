"""The site as a reader sees it: tabs that follow, a search that finds, quizzes that open, nothing from elsewhere."""

import subprocess
from html.parser import HTMLParser

import pytest

from autograder.authoring import source
from autograder.site import build as site_build
from autograder.site.execute import SiteError

LESSON = "01-tensors"


@pytest.fixture(scope="module")
def site(tmp_path_factory, python):
    folder = tmp_path_factory.mktemp("site") / "html"
    command = [python, "-c", "from autograder.cli import app; app()", "site", str(folder), "--lesson", LESSON]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert "in a browser" in result.stdout
    return folder


@pytest.fixture
def page(browser, site):
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    elsewhere = []
    page.on("request", lambda request: elsewhere.append(request.url) if not request.url.startswith(("file:", "data:")) else 0)
    yield page
    assert elsewhere == [], "a page asked another server for something"
    page.close()


def test_a_tab_chosen_once_is_chosen_everywhere_and_remembered(site, page, picture):
    page.goto(f"file://{site}/{LESSON}.html")
    picture(page, "site-lesson")
    assert page.locator("pre", has_text="import torch").first.is_visible()
    page.locator("label", has_text="TensorFlow").first.click()
    assert page.locator("pre", has_text="import tensorflow as tf").first.is_visible()
    assert page.locator("pre:visible", has_text="torch.").count() == 0
    page.reload()
    assert page.locator("pre", has_text="import tensorflow as tf").first.is_visible()


def test_the_search_finds_a_word_of_the_prose(site, page, picture):
    page.goto(f"file://{site}/index.html")
    picture(page, "site-index")
    page.get_by_placeholder("Search").first.fill("broadcasting")
    page.keyboard.press("Enter")
    found = page.locator("ul.search li a").first
    found.wait_for()
    picture(page, "site-search")
    found.click()
    page.get_by_role("heading", name=source.load(LESSON).title).wait_for()


def test_quizzes_open_figures_have_words_and_formulas_are_drawn(site, page, picture):
    page.goto(f"file://{site}/{LESSON}.html")
    option = page.locator("fieldset summary").first
    option.focus()
    page.keyboard.press("Enter")
    assert page.locator("fieldset details[open]").count() == 1
    images = page.locator(".tandem-output img")
    assert images.count() >= 4, "two figures in each of two tracks"
    assert all(image.get_attribute("alt") for image in images.all())
    assert images.first.evaluate("i => i.complete && i.naturalWidth > 300")
    formula = page.locator("math[display=block]").first
    formula.scroll_into_view_if_needed()
    assert formula.bounding_box()["height"] > 15
    picture(page, "site-formula")


class Text(HTMLParser):
    """All text of a page."""

    def __init__(self):
        super().__init__()
        self.text = ""

    def handle_data(self, data):
        self.text += data


def test_no_solution_is_on_it(site):
    reader = Text()
    reader.feed((site / f"{LESSON}.html").read_text())
    lesson = source.load(LESSON)
    words = "".join(reader.text.split())
    assert "raiseNotImplementedError()" in words
    for slots in lesson.tracks.values():
        for name in lesson.exercises:
            solution = slots[name].source.split("### BEGIN SOLUTION")[1].split("### END SOLUTION")[0]
            assert "".join(solution.split()) not in words, name
    assert "Model answer" not in reader.text
    assert not [path for path in site.rglob("*.ipynb") if "BEGIN SOLUTION" in path.read_text()]


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SiteError, match="choose another folder"):
        site_build.build(tmp_path, [LESSON])
    assert (tmp_path / "thesis.txt").read_text() == "mine"
