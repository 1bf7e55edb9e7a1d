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

# Late hand-ins lose nothing unless you say so. Everything:
# c.LateSubmissionPlugin.penalty_method = "zero"
# Or by a rule of your own, here a tenth of the score for each day that has begun:
# from nbgrader.plugins import BasePlugin
# class ATenthADay(BasePlugin):
#     def late_submission_penalty(self, student_id, score, total_seconds_late):
#         return score * min(1, (1 + total_seconds_late // 86_400) / 10)
# c.AssignLatePenalties.plugin_class = ATenthADay

# What stands in a student's notebook where the answer was.
c.ClearSolutions.code_stub = {{"python": {stub!r}}}

{seam}
# Where no fence can be put up, and you trust what was handed in, put nbgrader's own step back, which runs it with your
# rights: c.Autograde.autograde_preprocessors[0] = "nbgrader.preprocessors.Execute"
c.Execute.timeout = {timeout}
c.Execute.interrupt_on_timeout = True
c.Execute.error_on_timeout = {{
    "ename": "CellTimeoutError",
    "evalue": "stopped after {timeout} seconds",
    "traceback": ["This cell was stopped after {timeout} seconds."],
}}

# `nbgrader export`: a hand-in that nobody could mark has an empty score, not a zero.
c.ExportApp.plugin_class = "autograder.classroom.stock.HonestCsvExport"
'''


SEAM = """# `nbgrader autograde` runs students' code fenced and warm. What that does and does not: autograder/dropin.md
# A warning, a log line or a progress bar on stderr never costs a mark; one duplicated cell does not stop the whole class, a
# test cell that a student has deleted comes back, and scripts in outputs do not reach whoever reads them. Otherwise
# these are nbgrader's own steps in their own order.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s).*"
c.OverwriteCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "autograder.classroom.stock.TidyMetadata",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.classroom.seam.FencedExecute",
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
    "autograder.classroom.stock.HiddenTestsStayHidden",
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
# Seconds and bytes for one notebook of your own; what lessons may use stands in .tandem/class.json.
# Where no fence can be put up it refuses, unless unfenced is True.
c.FencedExecute.step_seconds = 60
c.FencedExecute.total_seconds = 300
c.FencedExecute.memory_bytes = 4 << 30
c.FencedExecute.unfenced = False"""


def text(course: str, timeout: int) -> str:
    """nbgrader_config.py of a class; `timeout` in seconds for one cell."""
    return TEMPLATE.format(course=course, stub="\n".join(STUB), timeout=timeout, seam=SEAM)
