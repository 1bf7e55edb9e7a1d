"""From lessons to a folder of static pages, with Sphinx: navigation, search and tabs work without a server or the internet."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from pathlib import Path

from autograder.authoring import source
from autograder.authoring.pages import short
from autograder.authoring.source import LESSONS, Lesson
from autograder.site.execute import CACHE, SiteError, executed
from autograder.site.pages import page
from course.frameworks import TITLES, TRACKS

STYLE = Path(__file__).with_name("site.css")
SETTINGS = {
    "project": "Tandem",
    "html_title": "Tandem: deep learning, twice at once",
    "extensions": ["myst_parser", "sphinx_design", "autograder.site.mathml"],
    "html_math_renderer": "mathml",
    "myst_enable_extensions": ["dollarmath", "amsmath", "colon_fence"],
    "myst_heading_anchors": 3,
    # A lesson's text says "cell" and "###" where a notebook has them; on a page they are headings like others.
    "suppress_warnings": ["myst.header"],
    "html_theme": "furo",
    "html_static_path": ["static"],
    "html_css_files": ["site.css"],
    "html_show_sphinx": False,
    "html_show_copyright": False,
    "html_copy_source": False,
    "pygments_style": "a11y-high-contrast-light",
    "language": "en",
}


def build(target: Path, names: list[str] | None = None, workers: int = 2, kept: Path = CACHE) -> Path:
    """Build the site into `target` and give its first page. Raises SiteError; an older site there is replaced whole."""
    lessons = [source.load(name) for name in source.names() if not names or name in names]
    if target.exists() and not (target / "searchindex.js").is_file() and any(target.iterdir()):
        raise SiteError(f"{target} is there already and is no site: choose another folder.")
    runs = executed(lessons, workers, kept)
    with tempfile.TemporaryDirectory(prefix="tandem-site-") as folder:
        written = Path(folder) / "source"
        (written / "static").mkdir(parents=True)
        shutil.copyfile(STYLE, written / "static" / "site.css")
        for lesson in lessons:
            _write(lesson, {track: runs[lesson.name, track] for track in TRACKS}, written)
        (written / "index.md").write_text(_index(lessons), encoding="utf-8")
        built = Path(folder) / "html"
        _sphinx(written, built, Path(folder) / "doctrees")
        if target.exists():
            shutil.rmtree(target)
        shutil.move(built, target)
    return target / "index.html"


def _write(lesson: Lesson, runs: dict, folder: Path) -> None:
    pictures = folder / "static" / lesson.name
    pictures.mkdir()

    def save(png: bytes) -> str:
        name = f"{hashlib.sha256(png).hexdigest()[:16]}.png"
        (pictures / name).write_bytes(png)
        return f"_static/{lesson.name}/{name}"

    (folder / f"{lesson.name}.md").write_text(page(lesson, runs, save), encoding="utf-8")
    for track in TRACKS:
        shutil.copyfile(LESSONS / lesson.name / f"{track}.ipynb", folder / f"{lesson.name}-{track}.ipynb")


def _index(lessons: list[Lesson]) -> str:
    here = {lesson.name for lesson in lessons}
    rows = []
    for lesson in lessons:
        needs = ", ".join(f"[{short(name)}]({name}.md)" for name in lesson.front.needs if name in here) or "–"
        rows.append(f"| {short(lesson.name)} | [{lesson.title}]({lesson.name}.md) | {lesson.front.minutes} | {needs} |")
    listed = "\n".join(lesson.name for lesson in lessons)
    return (
        "# Tandem: deep learning, twice at once\n\n"
        f"Every lesson is one text with two notebooks, {' and '.join(TITLES.values())}. Choose a tab once, and every page "
        "follows. What you see below the code is what it printed and drew when this site was built; the exercises are for you "
        "to solve in the notebook, where a check tells you at once what is right and what is not yet.\n\n"
        "| | lesson | minutes | needs |\n|---|---|---|---|\n" + "\n".join(rows) + "\n\n"
        f"```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    )


def _sphinx(written: Path, built: Path, doctrees: Path) -> None:
    from sphinx.application import Sphinx

    told = io.StringIO()
    app = Sphinx(
        srcdir=written,
        confdir=None,
        outdir=built,
        doctreedir=doctrees,
        buildername="html",
        confoverrides=SETTINGS,
        status=None,
        warning=told,
        warningiserror=False,
    )
    app.build()
    if told.getvalue():
        raise SiteError(f"Sphinx complains:\n{told.getvalue()}")
