"""A verdict in words: as text for a terminal and as HTML for a notebook, with everything from outside escaped."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from course.compare import Difference
from course.functions import formula
from course.markup import block, inline
from course.recipes import Backbone, Function, Jpegs, Judge, Loader, Model, Seed, Trainable
from course.verdict import ERROR, NOT_WRITTEN, PASS, Verdict

SENTENCES = {
    "again": "Called twice with the same inputs, it gave two different results.",
    "changed": "It changed its input in place: {received}. Work on a copy, or use operations that make a new tensor.",
    "live": "The result still hangs on the gradient graph: give back a plain number, or a detached tensor.",
    "restored": "The model's mode is not what it was before the call: put it back as you found it.",
    "reshuffled": "The second epoch came in the same order as the first.",
    "repeatable": "The same seed did not give the same result: take every random number from `generator`.",
    "new": "Two calls with the same generator gave the same numbers.",
    "trainable": "Not everything returned can be trained.",
    "varied": "The training losses of a model with dropout should differ from epoch to epoch even with lr = 0, and do not.",
    "steady": "The validation loss changed from epoch to epoch although nothing was learned (lr = 0).",
    "shared": "One and the same layer object stands at two places.",
    "zero": "All weights of a layer are zero.",
    "company": "An example got one label when it came alone and another among others. Its label may depend on nothing but the "
    "example and what was learned in training: no statistics of the batch, and no dropout.",
    "constant": "Every example got the same label.",
    "moved": "The parameters changed before update was called: forward and backward leave them as they are.",
}
PLACES = {
    "value": "the result",
    "losses": "the loss of step",
    "params": "the parameters after step",
    "train": "the training losses",
    "validation": "the validation losses",
    "sizes": "the batch sizes",
    "z": "the output z of step",
    "dx": "the gradient dx of step",
    "dw": "the gradient dw of step",
    "db": "the gradient db of step",
    "w": "the parameter w after step",
    "b": "the parameter b after step",
    "dlogits": "the gradient dlogits of step",
    "da": "the gradient da of each Scale layer in step",
    "a": "the number a of each Scale layer after step",
}
SENTENCE_LABELS = ("Mistake", "Hint", "Problem")
COLOURS = {PASS: "#1a7f37", NOT_WRITTEN: "#8250df"}


def text(verdict: Verdict, *, secret: bool = False) -> str:
    """The verdict as plain text; `secret` leaves out everything that would show a hidden case."""
    return "\n".join([headline(verdict), *(f"  {label}: {value}" for label, value in details(verdict, secret=secret))])


def html(verdict: Verdict, *, secret: bool = False) -> str:
    """The verdict as a small HTML fragment without scripts, readable on light and dark backgrounds."""
    colour = COLOURS.get(verdict.status, "#b35900")
    # JupyterLab's sanitizer drops grids and floats: plain blocks look the same in Lab, in feedback and in the formgrader.
    rows = "".join(
        f"<div style='margin:4px 0'><strong>{escape(label)}:</strong> "
        f"{inline(value) if label in SENTENCE_LABELS else block(value)}</div>"
        for label, value in details(verdict, secret=secret)
    )
    return (
        f"<div role='status' style='border-left:4px solid {colour};padding:4px 12px;margin:4px 0'>"
        f"<strong>{inline(headline(verdict))}</strong>{rows}</div>"
    )


def headline(verdict: Verdict) -> str:
    """One line that says how it stands, and never more than is known."""
    name, total = verdict.exercise, verdict.cases
    if verdict.status == PASS:
        return f"✔ {name}: all {total} cases pass"
    if verdict.status == NOT_WRITTEN:
        return f"✎ {name} is not written yet: replace `raise NotImplementedError()` by your answer"
    return f"✘ {name}: not yet right (case {(verdict.case or 0) + 1} of {total})"


def details(verdict: Verdict, *, secret: bool = False) -> list[tuple[str, str]]:
    """Labelled lines: the named mistake first, then what was given, expected and received."""
    rows: list[tuple[str, str]] = []
    if verdict.mistake:
        rows += [("Mistake", verdict.mistake.name), ("Hint", verdict.mistake.hint)]
    if verdict.status in (PASS, NOT_WRITTEN):
        return rows
    if verdict.status == ERROR:
        rows += _error_rows(verdict.error or {}, secret)
    if verdict.difference:
        rows += _difference_rows(verdict.difference, secret)
    if not secret and verdict.inputs:
        rows.append(("Given", "\n".join(f"{name} = {show(value)}" for name, value in verdict.inputs.items())))
    return rows


def _error_rows(error: dict[str, str], secret: bool) -> list[tuple[str, str]]:
    kind, message = error.get("type", "error"), error.get("message", "")
    if kind == "Unplain":
        return [("Problem", f"It must return tensors or numbers, and there was {message}.")]
    if kind == "SystemExit":
        return [("Problem", "Your code stopped the program with exit(). Remove that call.")]
    if kind in ("EOFError", "StdinNotImplementedError"):
        return [("Problem", "Your code asks for input(). An answer gets everything through its arguments.")]
    # An error's message may quote the values of a hidden case.
    rows = [("Error", kind if secret else f"{kind}: {message}")]
    return rows if secret or not error.get("line") else [*rows, ("In your code", error["line"])]


def _difference_rows(difference: Difference, secret: bool) -> list[tuple[str, str]]:
    key = difference.where[0] if difference.where else "value"
    if key in SENTENCES and (key != "again" or difference.what != "missing"):
        names = difference.received if isinstance(difference.received, list) else []
        return [("Problem", SENTENCES[key].format(received=", ".join(map(str, names))))]
    if isinstance(difference.expected, bool) and " " in str(key):  # such an observation is a sentence that holds or not
        return [("Problem", f"It should be so, and is not: {key}." if difference.expected else f"It should not be so: {key}.")]
    place = describe_place(difference.where)
    problem = _problem(difference, place)
    if secret or difference.what not in ("value", "nan"):
        return [("Problem", problem)]
    return [("Problem", problem), ("Expected", _oracle(difference.expected)), ("Received", show(difference.received))]


def _oracle(value: Any) -> str:
    """An expected value. The reference computes in float64; whether an answer does is no matter, so it is not shown."""
    single = np.asarray(value, np.float32) if isinstance(value, np.ndarray) and value.dtype == np.float64 else value
    return show(single).replace(", float32", "") if single is not value else show(value)


def _problem(difference: Difference, place: str) -> str:
    expected, received = difference.expected, difference.received
    if difference.what == "missing":
        return f"{place} is missing."
    if difference.what == "type":
        problem = f"{place} should be {_kind(expected)}, and is {_kind(received)}"
        return problem if problem.endswith("?") else f"{problem}."
    if difference.what == "length":
        return f"{place} should have {len(expected)} parts, and has {len(received)}."
    if difference.what == "shape":
        return f"{place} should have the shape {_shape(expected)}, and has {_shape(received)}."
    if difference.what == "dtype":
        return f"{place} should hold {_dtype(expected)} numbers, and holds {_dtype(received)} ones ({received.dtype})."
    if difference.what == "accuracy":
        right = 100 * (difference.size - difference.count) // difference.size / 100  # never rounded up to what is asked
        return f"{right:.2f} of {difference.size} held-out examples right; a right solution gets at least {expected:.2f}."
    at = f" at [{', '.join(map(str, difference.index))}]" if difference.index else ""
    some = f" ({difference.count} of {difference.size} numbers differ)" if difference.size > 1 else ""
    if difference.what == "nan":
        return f"{place} is NaN (not a number){at}{some}."
    if difference.what == "band":
        low, high = expected
        value = received[difference.index] if difference.index else received
        return f"{place}{at} is {float(value):.4g}: right answers lie between {low:.4g} and {high:.4g}."
    return f"{place} differs{at}{some}."


def summary_text(verdicts: dict[str, Verdict | None], earlier: dict[str, str] | None = None) -> str:
    """How each exercise stands, one a line; None is one that was not checked yet. `earlier`: when it passed before."""

    def line(name: str, verdict: Verdict | None) -> str:
        if verdict:
            return headline(verdict)
        when = (earlier or {}).get(name)
        return f"… {name}: passed on {when[:10]}, not checked since" if when else f"… {name}: not checked yet"

    return "\n".join(line(name, verdict) for name, verdict in verdicts.items())


def summary_html(verdicts: dict[str, Verdict | None], earlier: dict[str, str] | None = None) -> str:
    """The same as an HTML list."""
    passed = sum(v is not None and v.passed for v in verdicts.values())
    items = "".join(f"<li>{escape(line)}</li>" for line in summary_text(verdicts, earlier).splitlines())
    return (
        f"<div role='status'><strong>{passed} of {len(verdicts)} exercises pass</strong>"
        f"<ul style='list-style:none;padding-left:8px;margin:4px 0'>{items}</ul></div>"
    )


def describe_place(where: tuple[str | int, ...]) -> str:
    """Words for the way to a value: ("params", 1, 0) is "the parameters after step 2, part 1"."""
    if not where:
        return "The result"
    head = PLACES.get(str(where[0]), f"`{where[0]}`")
    rest = list(where[1:])
    if head.endswith(" step") and rest:
        head = f"{head} {int(rest.pop(0)) + 1}"
    elif head.endswith(" step"):
        head = head.removesuffix(" step").removesuffix(" of").removesuffix(" after").removesuffix(" in")
    parts = ", ".join(f"part {item + 1}" if isinstance(item, int) else f"`{item}`" for item in rest)
    place = f"{head}, {parts}" if parts else head
    return place[0].upper() + place[1:]


def _shape(value: Any) -> str:
    return str(tuple(np.shape(value)))


def _dtype(value: Any) -> str:
    kind = np.asarray(value).dtype.kind
    return {"f": "floating-point", "i": "integer", "u": "integer", "b": "true/false", "c": "complex"}.get(kind, kind)


def _kind(value: Any) -> str:
    if value is None:
        return "nothing (None): is there a `return`?"
    if isinstance(value, dict):
        return "a dict"
    if isinstance(value, list):
        return f"a list or tuple of {len(value)}"
    if isinstance(value, np.ndarray) and value.ndim:
        return "a tensor"
    return {bool: "True or False", str: "a text"}.get(type(value), "a number")


def show(value: Any) -> str:
    """Short, exact enough picture of an input or a value; large arrays by shape and dtype."""
    if isinstance(value, np.ndarray) and value.ndim:
        head = f"shape {value.shape}, {value.dtype}"
        if value.size > 60:
            return head
        body = np.array2string(
            value, precision=5, suppress_small=bool(value.size and np.abs(value).max() < 1e4), separator=", "
        )
        return f"{body}   # {head}" if value.ndim == 1 else f"{body}\n# {head}"
    if isinstance(value, np.ndarray):
        return f"{value.item():.7g}" if value.dtype.kind == "f" else str(value.item())
    if isinstance(value, Seed):
        return f"a generator seeded with {value.value}"
    if isinstance(value, Function):
        return f"the function {value.name}, {formula(value.name)} with c = {value.coefficients}"
    if isinstance(value, Trainable):
        return show(value.value)
    if isinstance(value, Model):
        shapes = " → ".join(str(w.shape[0]) for w in value.weights[::2])
        return f"a model {shapes} → {value.weights[-1].shape[0]} (dropout {value.dropout})"
    if isinstance(value, Backbone):
        widths = " → ".join(str(w.shape[0]) for w, *_ in value.blocks)
        return f"blocks of linear, batch normalisation and ReLU, {widths} → {value.blocks[-1][0].shape[1]}"
    if isinstance(value, Judge):
        height, width, _, hidden = value.weights[0].shape
        return f"a classifier of pictures, {height} x {width} pixels → {hidden} → {value.weights[-1].shape[0]} classes"
    if isinstance(value, Jpegs):
        return f"{len(value.files)} photographs"
    if isinstance(value, Loader):
        return f"{len(value.x)} examples in batches of {value.batch_size}"
    if isinstance(value, float):
        return f"{value:.7g}"
    if isinstance(value, (list, tuple)):
        tables = any(isinstance(item, np.ndarray) and item.ndim > 1 for item in value)
        between = ",\n" if tables else ", "
        return "[" + between.join(show(item) for item in value[:6]) + (", …]" if len(value) > 6 else "]")
    return str(value)[:200]
