"""What a student's notebook imports. Importing it is instant: nothing heavy is loaded until it is used."""

__version__ = "0.1.0"

__all__ = ["start"]


def __getattr__(name: str) -> object:
    # PEP 562: `from course import start` costs nothing until a notebook asks for it.
    if name == "start":
        from course.notebook import start

        return start
    raise AttributeError(f"module 'course' has no attribute {name!r}")
