"""Expectations as JSON: what `checks.json` holds, and what a check reads back. No reference code is in it."""

from __future__ import annotations

from typing import Any

from course.codec import CodecError, decode, encode
from course.compare import Tolerance
from course.frameworks import TRACKS
from course.verdict import Case, Expectation, Mistake


def freeze(expectation: Expectation) -> dict[str, Any]:
    """JSON-ready form of an expectation."""
    return {
        "name": expectation.name,
        "probe": expectation.probe,
        "options": encode(expectation.options),
        "tolerance": {"rtol": expectation.tolerance.rtol, "atol": expectation.tolerance.atol},
        "bands": {key: encode(list(band)) for key, band in expectation.bands.items()},
        "mistakes": [
            {"name": m.name, "hint": m.hint, "keys": list(m.keys)}
            | ({} if m.tracks == TRACKS else {"tracks": list(m.tracks)})
            | ({"share": list(m.share)} if m.share else {})
            for m in expectation.mistakes
        ],
        "cases": [
            {"inputs": encode(c.inputs), "expected": encode(c.expected), "twins": [encode(twin) for twin in c.twins]}
            for c in expectation.cases
        ],
    } | ({"accuracy": expectation.accuracy} if expectation.accuracy else {})


def thaw(data: dict[str, Any]) -> Expectation:
    """The expectation again. Raises CodecError when the data is not what `freeze` writes."""
    try:
        return Expectation(
            name=data["name"],
            probe=data["probe"],
            options=decode(data["options"]),
            accuracy={key: float(least) for key, least in data.get("accuracy", {}).items()},
            tolerance=Tolerance(**data["tolerance"]),
            bands={key: tuple(decode(band)) for key, band in data["bands"].items()},
            mistakes=tuple(
                Mistake(
                    m["name"],
                    m["hint"],
                    tuple(m.get("tracks", TRACKS)),
                    tuple(m["keys"]),
                    tuple(m["share"]) if "share" in m else None,
                )
                for m in data["mistakes"]
            ),
            cases=tuple(
                Case(decode(c["inputs"]), decode(c["expected"]), tuple(decode(twin) for twin in c["twins"]))
                for c in data["cases"]
            ),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise CodecError(f"this is no frozen exercise: {type(error).__name__} {error}") from None
