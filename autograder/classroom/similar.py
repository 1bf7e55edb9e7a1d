"""Pairs of hand-ins whose unusual code is nearly the same: for a person to look at, not a verdict.

Comments, layout and the names of variables do not count. What many in the class share, what was handed out and what the
model answer holds do not count either: there are not many ways to write a softmax. What is left is compared as overlapping
runs of tokens (Schleimer, Wilkerson and Aiken, "Winnowing", 2003, without the thinning that a class does not need).
"""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

RUN = 8
COMMON = 0.1  # of the class: what more of it shares is no sign of anything
NEAR = 0.8
ENOUGH = 25  # unusual runs that a hand-in must have before it is compared at all
SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}

Runs = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Pair:
    """Two students, the assignment, the share of their unusual code that both have, and the answers it is in."""

    first: str
    second: str
    assignment: str
    share: float
    exercises: tuple[str, ...]

    def __str__(self) -> str:
        where = ", ".join(self.exercises)
        return (
            f"{self.first} and {self.second}, {self.assignment}: {self.share:.0%} of their unusual code is the same ({where})"
        )


def similar(assignment: str, answers: Mapping[str, Mapping[str, str]], known: Iterable[str] = ()) -> list[Pair]:
    """Pairs in one assignment, the nearest first. `answers`: student, exercise, source; `known`: sources that all may have."""
    ordinary: set[tuple[str, ...]] = set().union(*(runs(source) for source in known))
    cut = {s: {name: runs(source) - ordinary for name, source in own.items()} for s, own in answers.items()}
    holders = Counter(run for own in cut.values() for run in set().union(*own.values()))
    limit = max(2, COMMON * len(answers))
    unusual = {
        student: {name: frozenset(r for r in found if holders[r] <= limit) for name, found in own.items()}
        for student, own in cut.items()
    }
    found = [_pair(assignment, a, b, unusual[a], unusual[b]) for a, b in _candidates(unusual)]
    return sorted((pair for pair in found if pair), key=lambda pair: (-pair.share, pair.first, pair.second))


def runs(source: str) -> Runs:
    """All runs of RUN tokens of a source, with its own names replaced by their order of appearance."""
    tokens = _tokens(source)
    return frozenset(tuple(tokens[i : i + RUN]) for i in range(len(tokens) - RUN + 1))


def _candidates(unusual: Mapping[str, Mapping[str, Runs]]) -> list[tuple[str, str]]:
    """Pairs that share anything unusual: in a class of a thousand most share nothing, and need not be compared."""
    students: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for student in sorted(unusual):
        for run in set().union(*unusual[student].values()):
            students[run].append(student)
    return sorted({pair for own in students.values() for pair in combinations(own, 2)})


def _pair(assignment: str, a: str, b: str, first: Mapping[str, Runs], second: Mapping[str, Runs]) -> Pair | None:
    one, other = (frozenset().union(*found.values()) for found in (first, second))
    if min(len(one), len(other)) < ENOUGH:
        return None
    share = len(one & other) / len(one | other)
    where = tuple(name for name in first if first[name] & second.get(name, frozenset()))
    return Pair(a, b, assignment, share, where) if share >= NEAR else None


def _tokens(source: str) -> list[str]:
    """Tokens without comments and layout; the student's own names as v0, v1, ... in order, docstrings left out."""
    try:
        tree = _without_docstrings(ast.parse(source))
        own = _own_names(tree)
        read = list(tokenize.generate_tokens(io.StringIO(ast.unparse(tree)).readline))
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        return source.split()
    number: dict[str, str] = {}
    return [
        number.setdefault(token.string, f"v{len(number)}") if token.string in own else token.string
        for token in read
        if token.type not in SILENT
    ]


def _own_names(tree: ast.AST) -> set[str]:
    """Names that the code itself binds: parameters and variables, but not what it imports or calls of a library."""
    names = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return {name for name in names if not keyword.iskeyword(name) and not hasattr(builtins, name)}


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and len(body) > 1 else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            del body[0]
    return tree
