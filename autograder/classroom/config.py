"""The text of a class's nbgrader_config.py: nbgrader's own tools read it, and so does `autograder grade`."""

from __future__ import annotations

from autograder.authoring.scripts import STUB

TEMPLATE = '''"""nbgrader's settings for this class, written by `autograder new-class`. Yours to change."""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = {course!r}
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
# Nothing of these is ever copied to students or from them.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    ".tandem",
    ".git",
    ".DS_Store",
]

# Where this machine has no exchange between students and instructors, nbgrader's commands get an empty one.
if not Path("/usr/local/share/nbgrader/exchange").is_dir():
    exchange = Path(__file__).resolve().parent / ".tandem" / "exchange"
    exchange.mkdir(parents=True, exist_ok=True)
    c.Exchange.root = str(exchange)

# Lateness is counted from the moment when a file came into submitted/, whatever its timestamp.txt says. Where nbgrader's
# own exchange collects, say so in .tandem/class.json: "trust_timestamps": true.

# What stands in a student's notebook where the answer was.
c.ClearSolutions.code_stub = {{"python": {stub!r}}}

# A warning, a log line or a progress bar on stderr never costs a mark.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s).*"

# Seconds for one cell. nbgrader's own 30 are too few where a network is trained beside other work.
c.Execute.timeout = {timeout}
c.Execute.interrupt_on_timeout = True
c.Execute.error_on_timeout = {{
    "ename": "CellTimeoutError",
    "evalue": "stopped after {timeout} seconds",
    "traceback": ["This cell was stopped after {timeout} seconds."],
}}

# A test cell that a student has deleted comes back.
c.OverwriteCells.add_missing_cells = True

# `nbgrader autograde`: one duplicated cell must not stop the whole class, and scripts in outputs must not reach
# whoever reads them. Otherwise these are nbgrader's own steps in their own order.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "autograder.classroom.stock.TidyMetadata",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "autograder.classroom.stock.HarmlessOutputs",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# `nbgrader generate_feedback`: what a cell prints after a check could repeat what the check was given.
c.GenerateFeedback.preprocessors = [
    "autograder.classroom.stock.QuietAfterChecks",
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
# `nbgrader export`: a hand-in that nobody could mark has an empty score, not a zero.
c.ExportApp.plugin_class = "autograder.classroom.stock.HonestCsvExport"
'''


def text(course: str, timeout: int) -> str:
    """nbgrader_config.py of a class; `timeout` in seconds for one cell."""
    return TEMPLATE.format(course=course, stub="\n".join(STUB), timeout=timeout)
