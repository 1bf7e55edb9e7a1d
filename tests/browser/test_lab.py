"""JupyterLab as a student sees it: the syllabus, a quiz, a wrong answer and its hint, the right one, and what is done."""

import json
from urllib.parse import urlsplit

import pytest

from course import workspace

ANSWER = """def softmax(logits):
    e = torch.exp(logits)
    return e / e.sum(dim=0, keepdim=True)"""
RIGHT = """def softmax(logits):
    e = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)"""
CELL = ".jp-Notebook .jp-Cell"


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab") / "mine"
    workspace.prepare(folder)
    return folder


@pytest.fixture(scope="module")
def lab(serve, free_port, python, mine):
    port = free_port()
    arguments = [*workspace.lab_arguments(mine, port=port, browser=False), "--LabApp.expose_app_in_browser=True"]
    settings = workspace.lab_environment(mine)
    url = serve([python, "-m", "jupyterlab", *arguments], port, "/api", JUPYTER_TOKEN="tandem", **settings)
    return lambda place="": f"{url}/lab{place}?token=tandem"


def test_it_opens_at_the_syllabus_and_leads_into_a_notebook(lab, page, picture):
    page.goto(lab("/tree/README.md"))
    page.get_by_role("heading", name="Tandem: the lessons").wait_for()
    assert page.get_by_role("link", name="Losses: learning as minimising a number").is_visible()
    assert not page.get_by_text("Would you like to get notified about official Jupyter news?").is_visible()
    picture(page, "syllabus")
    page.get_by_role("link", name="PyTorch").first.click()
    title = page.get_by_role("heading", name="Tensors: tables of numbers that do what you say")
    title.locator("visible=true").first.wait_for()
    picture(page, "notebook-fresh")


def open_notebook(page, address, theme):
    """Open a notebook in a theme, and wait until its kernel is ready.

    Opened again, it may begin further down: of its first cells, JupyterLab then keeps one hidden outside the window.
    """
    page.goto(address)
    page.locator(CELL).locator("visible=true").first.wait_for()
    page.evaluate(f"() => window.jupyterapp.commands.execute('apputils:change-theme', {{theme: '{theme}'}})")
    # JupyterLab opens what was open before as well, and for a moment that may be the notebook in front.
    path = urlsplit(address).path.removeprefix("/lab/tree/")
    page.wait_for_function(f"""() => {{
        const {{context, sessionContext}} = window.jupyterapp.shell.currentWidget ?? {{}};
        return context?.path === '{path}' && sessionContext.session?.kernel?.status === 'idle';
    }}""")


def run(page, index):
    """Run one cell from the keyboard and wait until it is done."""
    page.evaluate(f"""async () => {{
        const notebook = window.jupyterapp.shell.currentWidget.content;
        notebook.activeCellIndex = {index};
        await window.jupyterapp.commands.execute('notebook:run-cell');
    }}""")


def place(page, name):
    """Where the cell with a course id stands in the open notebook."""
    return page.evaluate(f"""() => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(
        cell => (cell.model.getMetadata('nbgrader') || {{}}).grade_id === '{name}')""")


def write(page, name, source):
    page.evaluate(f"""() => window.jupyterapp.shell.currentWidget.content.widgets[{place(page, name)}]
        .model.sharedModel.setSource({json.dumps(source)})""")


def output(page, name):
    """The output area of a cell, scrolled to."""
    page.evaluate(f"""() => {{
        const notebook = window.jupyterapp.shell.currentWidget.content;
        return notebook.scrollToItem({place(page, name)}, 'start');
    }}""")
    return page.locator(".jp-Cell.jp-mod-active .jp-OutputArea")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_wrong_answer_is_told_its_mistake_and_a_right_one_passes(lab, page, picture, theme, mine):
    name = theme.split()[1].lower()
    open_notebook(page, lab("/tree/02-losses/pytorch.ipynb"), theme)
    for cell in ("set-up", "quiz-pre", "imports"):
        run(page, place(page, cell))
    quiz = output(page, "quiz-pre")
    run(page, place(page, "quiz-pre"))
    option = quiz.locator("summary").first
    option.focus()
    page.keyboard.press("Enter")
    assert quiz.locator("details[open]").count() == 1, "the quiz opens from the keyboard"
    picture(page, f"quiz-{name}")

    run(page, place(page, "check-softmax"))
    kindly = output(page, "check-softmax")
    kindly.get_by_text("There is no softmax yet: run the cell with your answer first").wait_for()
    assert "Traceback" not in kindly.inner_text()

    write(page, "softmax", ANSWER)
    run(page, place(page, "softmax"))
    run(page, place(page, "check-softmax"))
    verdict = output(page, "check-softmax")
    verdict.get_by_text("over the batch").first.wait_for()
    assert verdict.get_by_role("status").count() == 1, "a screen reader is told"
    assert "Traceback" not in verdict.inner_text()
    picture(page, f"verdict-wrong-{name}")

    write(page, "softmax", RIGHT)
    run(page, place(page, "softmax"))
    run(page, place(page, "check-softmax"))
    output(page, "check-softmax").get_by_text("cases pass").first.wait_for()
    picture(page, f"verdict-right-{name}")

    run(page, place(page, "done"))
    output(page, "done").get_by_text("1 of 5 exercises pass").wait_for()
    picture(page, f"done-{name}")
    noted = json.loads((mine / ".tandem" / "progress" / "02-losses-pytorch.json").read_text())
    assert noted["softmax"]["passed"] is True
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:shutdown-kernel')")


def contrast(page, locator):
    """Smallest contrast of text against what stands behind it (WCAG 2: at least 4.5 is readable)."""
    return locator.evaluate("""root => {
        const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
        const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const light = c => [0.2126, 0.7152, 0.0722].reduce((sum, share, i) => sum + share * linear(c[i] / 255), 0);
        const behind = element => {
            let colour = [0, 0, 0, 0];
            const layers = [];
            for (let e = element; e; e = e.parentElement) {
                const c = parse(getComputedStyle(e).backgroundColor);
                const a = c.length > 3 ? c[3] : 1;
                if (c.length && a > 0) layers.push([...c.slice(0, 3), a]);
                if (a === 1) break;
            }
            const over = (base, [r, g, b, a]) => [r, g, b].map((v, i) => v * a + base[i] * (1 - a));
            return layers.reverse().reduce(over, [255, 255, 255]);
        };
        let worst = 99;
        for (const element of [root, ...root.querySelectorAll('*')]) {
            const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
            if (!own || !element.offsetParent) continue;
            const a = light(parse(getComputedStyle(element).color)), b = light(behind(element));
            worst = Math.min(worst, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
        }
        return worst;
    }""")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_verdicts_quizzes_and_figures_are_readable_in_both_themes(lab, page, picture, theme):
    open_notebook(page, lab("/tree/02-losses/pytorch.ipynb"), theme)
    write(page, "softmax", ANSWER)
    for cell in ("set-up", "imports", "softmax", "check-softmax"):
        run(page, place(page, cell))
    verdict = output(page, "check-softmax")
    verdict.get_by_text("over the batch").first.wait_for()
    assert contrast(page, verdict) >= 4.5
    run(page, place(page, "quiz-pre"))
    quiz = output(page, "quiz-pre")
    for option in quiz.locator("summary").all()[:3]:
        option.click()
    assert contrast(page, quiz) >= 4.5
    first = page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(
        cell => cell.model.type === 'code' && cell.model.sharedModel.source.includes('plots.show('))""")
    for index in range(first + 1):
        if page.evaluate(f"() => window.jupyterapp.shell.currentWidget.content.widgets[{index}].model.type") == "code":
            run(page, index)
    page.evaluate(f"() => window.jupyterapp.shell.currentWidget.content.scrollToItem({first}, 'start')")
    image = page.locator(".jp-OutputArea img").last
    image.wait_for()
    assert image.get_attribute("alt")
    natural, shown = image.evaluate("i => [i.naturalWidth, i.getBoundingClientRect().width]")
    assert natural >= 1.4 * shown, "crisp on a screen with twice as many points"
    picture(page, f"figure-{theme.split()[1].lower()}")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:shutdown-kernel')")
