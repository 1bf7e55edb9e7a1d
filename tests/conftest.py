"""Set-up shared by all tests: quiet frameworks, one numeric thread for each test process, no display."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["MPLBACKEND"] = "Agg"
# Two test processes on two cores: more numeric threads would fight over them.
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[name] = "1"


def pytest_terminal_summary(terminalreporter) -> None:
    """Say how long each notebook took: CI's log is where that is looked up."""
    reports = [report for group in terminalreporter.stats.values() for report in group if hasattr(report, "user_properties")]
    times = sorted({value for report in reports for key, value in report.user_properties if key == "notebook"})
    if times:
        terminalreporter.write_sep("-", "notebooks, executed from top to bottom")
        for line in times:
            terminalreporter.write_line(line)
