"""In the child: answers that decide for themselves what they are equal to.

A class of the student's whose `==` is always true passes every `assert f(2) == 4`. Where such a class exists, the test cell
is run with a look at each value that it touches: one of such a class fails the test. Classes of the author's notebook may
have their methods, and so may dataclasses.
"""

from __future__ import annotations

import ast
import dataclasses
from types import FunctionType
from typing import Any

from autograder.engine.genuine import HEAP, every_class, is_library

_DECIDES = (
    "eq ne lt le gt ge bool len contains float int index abs round sub rsub add radd mul rmul truediv rtruediv floordiv "
    "mod pow neg pos array array_function array_ufunc array_priority torch_function torch_dispatch class instancecheck "
    "subclasscheck getattribute complex hash format repr str"
)
DECIDES = {f"__{name}__" for name in _DECIDES.split()}
# How a value is shown, hashed or counted decides nothing alone; with one of the others it may.
WITHOUT_WEIGHT = {"__hash__", "__repr__", "__str__", "__format__", "__len__", "__contains__"}
LIARS_OF_OTHERS = ("unittest.mock", "_pytest.python_api")
DEPTH, WIDTH = 3, 200


class DecidesItself(AssertionError):
    """A value in a test is of a class that decides for itself what it is equal to."""


class Liars:
    """Knows the classes that were there before the student's first cell, and those of the author."""

    def __init__(self, authors: dict[str, list[str]], namespace: dict[str, Any]) -> None:
        self.known = set(map(id, every_class()))
        self.authors = {name: set(methods) for name, methods in authors.items()}
        self.namespace = namespace
        self.judged: dict[type, bool] = {}

    def any(self) -> list[str]:
        """Names of classes that could deceive a test."""
        return [kind.__name__ for kind in every_class() if id(kind) not in self.known and self.is_one(kind)]

    def is_one(self, kind: type) -> bool:
        """Whether a class is the student's and decides what only the test should."""
        if kind not in self.judged:
            self.judged[kind] = self._is_one(kind)
        return self.judged[kind]

    def _is_one(self, kind: type) -> bool:
        members = type.__dict__["__dict__"].__get__(kind)
        if not kind.__flags__ & HEAP or not self._is_students(members):
            return False
        name = type.__dict__["__name__"].__get__(kind)
        own = {key for key in members if key in DECIDES} - self.authors.get(name, set())
        if "*" in self.authors.get(name, ()):
            return False
        if "__dataclass_fields__" in members and _is_generated(kind, members):
            own -= {"__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__repr__"}
        return bool(own - WITHOUT_WEIGHT)

    def _is_students(self, members: Any) -> bool:
        if members.get("__module__") == "__main__":
            return True
        return any(isinstance(value, FunctionType) and not is_library(value.__globals__) for value in list(members.values()))

    def look(self, value: Any, depth: int = DEPTH) -> Any:
        """The same value. Raises DecidesItself."""
        kind = type(value)
        for each in type.__dict__["__mro__"].__get__(kind):
            if id(each) not in self.known and self.is_one(each):
                raise DecidesItself(f"a value of the type {each.__name__} decides for itself what it is equal to")
        if kind.__module__ in LIARS_OF_OTHERS:
            raise DecidesItself(f"a value of the type {kind.__module__}.{kind.__name__} equals whatever it is compared with")
        if depth and kind in (list, tuple, set, frozenset):
            for item in list(value)[:WIDTH]:
                self.look(item, depth - 1)
        elif depth and kind is dict:
            for key, item in list(value.items())[:WIDTH]:
                self.look(key, depth - 1)
                self.look(item, depth - 1)
        return value


def _is_generated(kind: type, members: Any) -> bool:
    """Whether a dataclass compares as dataclasses do: the same code as that of one made here."""
    try:
        options = members["__dataclass_params__"]
        genuine = dataclasses.make_dataclass(
            "Genuine", [(field.name, Any, dataclasses.field(compare=field.compare)) for field in dataclasses.fields(kind)],
            order=options.order,
        )  # fmt: skip
        names = [name for name in ("__eq__", "__lt__", "__le__", "__gt__", "__ge__") if name in members]
        return all(members[name].__code__.co_code == vars(genuine)[name].__code__.co_code for name in names)
    except Exception:
        return False


class Looking(ast.NodeTransformer):
    """Puts a look at every value that a test cell reads or is given."""

    def __init__(self, look: str) -> None:
        self.look = look

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        read = isinstance(node, ast.Call) or (
            isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Load)
        )
        if not read:
            return node
        call = ast.Call(ast.Name(self.look, ast.Load()), [node], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        return node

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.AST:
        return node
