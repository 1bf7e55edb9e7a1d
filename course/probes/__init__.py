"""How a student's object is exercised: a probe takes it and one case's inputs, and returns plain observations.

A probe runs beside the student's code, in the notebook and in the grader's child process alike. It knows no
expected value and decides nothing: it only reports what it saw, as a dict of plain data.
"""

from course.probes.base import PROBES, observe, observe_case, probe

# Importing the modules registers their probes.
from course.probes import calls, fitting, initialisation, iteration, layers, predicting, splitting, stopping, training  # noqa: F401  isort: skip
from course.probes import dividing, networks  # noqa: F401  isort: skip
from course.probes import optimising, randomness  # noqa: F401  isort: skip
from course.probes import high_level, modules  # noqa: F401  isort: skip
from course.probes import transfer  # noqa: F401  isort: skip
from course.probes import pictures  # noqa: F401  isort: skip
from course.probes import adversarial  # noqa: F401  isort: skip

__all__ = ["PROBES", "observe", "observe_case", "probe"]
