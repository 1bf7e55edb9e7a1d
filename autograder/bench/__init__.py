"""`autograder bench`: this grader, stock nbgrader and otter side by side, on the same submissions and the same machine."""
