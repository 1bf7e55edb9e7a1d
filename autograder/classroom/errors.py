"""What goes wrong with a class, in words that a person can act on."""

from __future__ import annotations


class ClassError(Exception):
    """Something an instructor has to mend; the message says what and how."""


class Refused(Exception):
    """A hand-in that cannot be taken as it is: it goes to quarantine with this reason, and is not marked."""
