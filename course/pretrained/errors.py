"""What can go wrong between asking for a pretrained network and having it. Each message says what mends it."""

from __future__ import annotations


class PretrainedError(Exception):
    """A pretrained network cannot be had: the message says why, and what mends it."""


class Missing(PretrainedError):
    """A package that carries weights, names or models is not installed."""


class Tampered(PretrainedError):
    """A file of weights is not the published one, or holds something else than weights."""
