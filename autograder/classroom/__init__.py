"""A class on top of nbgrader: class folder, hand-ins, grading, gradebook, feedback, report."""
