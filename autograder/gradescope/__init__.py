"""A lesson as an autograder for Gradescope: the zip that a Gradescope course uploads, and what runs inside its container."""
