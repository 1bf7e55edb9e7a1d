"""In the child: what tests rely on, remembered before the student's first cell and put back before each test cell.

It undoes what a notebook does to functions, classes and modules, and says which. It cannot see what is put back by the one
who changed it, nor what happens inside of objects that it does not know.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import BuiltinFunctionType, CellType, FunctionType, ModuleType
from typing import Any

PACKAGES = ("numpy", "unittest", "json")
_NAMED = (
    "builtins cmath collections contextlib copy datetime decimal fractions functools hashlib inspect io itertools linecache "
    "math operator os posix posixpath random re select statistics string struct sys threading time traceback types typing "
    "torch torch.autograd torch.autograd.functional torch.autograd.gradcheck torch.functional torch.linalg torch.nn "
    "torch.nn.functional torch.nn.modules.module torch.overrides torch.testing torch.testing._comparison torch._tensor "
    "tensorflow tensorflow.debugging tensorflow.linalg tensorflow.math tensorflow.nn tensorflow.test keras keras.ops"
)
NAMED = _NAMED.split()
# Students replace these for peace and quiet, or for show; no test is decided by them.
HARMLESS = {"sys.displayhook", "sys.excepthook", "time.sleep", "sys.breakpointhook", "sys.unraisablehook", "builtins.input"}
UNWATCHED = {"autograder", "warnings", "matplotlib", "IPython", "logging"}
HEAP, IMMUTABLE = 1 << 9, 1 << 8
MISSING = object()
DESCRIPTORS = (property, staticmethod, classmethod)
PLAIN = {"__doc__", "__dict__", "__weakref__", "__module__", "__annotations__", "__abstractmethods__", "_abc_impl"}


class Snapshot:
    """The watched modules, their classes and functions as they are now."""

    def __init__(self, modules: Iterable[str]) -> None:
        self.modules: dict[str, tuple[ModuleType, dict[str, Any]]] = {}
        self.classes: dict[type, dict[str, Any]] = {}
        self.functions: dict[FunctionType, tuple[Any, ...]] = {}
        self.meta_path = list(sys.meta_path)
        for name, module in _watched(modules):
            self._add(name, module)
        self.set_attribute, self.delete_attribute = type.__setattr__, type.__delattr__

    def _add(self, name: str, module: ModuleType) -> None:
        found = {key: value for key, value in vars(module).items() if _matters(value)}
        self.modules[name] = module, found
        for value in found.values():
            if isinstance(value, type):
                self._add_class(value)
            else:
                self.add_function(value)

    def _add_class(self, kind: type) -> None:
        flags = kind.__flags__
        if kind in self.classes or not flags & HEAP or flags & IMMUTABLE:
            return
        found = {key: value for key, value in vars(kind).items() if key not in PLAIN}
        self.classes[kind] = {key: value for key, value in found.items() if _matters(value) or isinstance(value, DESCRIPTORS)}
        for value in found.values():
            inner = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
            self.add_function(inner)

    def add_function(self, value: Any) -> None:
        """Remember a function's own parts, and those of what it wraps."""
        for _ in range(4):
            if isinstance(value, FunctionType):
                if value in self.functions:
                    return
                self.functions[value] = _parts(value)
            with suppress(Exception):
                value = vars(value).get("__wrapped__") if isinstance(value, FunctionType) else value.__wrapped__
                continue
            return

    def restore(self) -> list[str]:
        """Put back all that was changed. Returns its names."""
        changed = list(self._restore_hooks())
        for name, (module, saved) in self.modules.items():
            current = vars(module)
            for key, value in saved.items():
                now = current.get(key, MISSING)
                if now is not value and not _own_doing(key, value, now):
                    current[key] = value
                    changed.append(f"{name}.{key}")
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
                changed.append(f"sys.modules[{name!r}]")
        for kind, members in self.classes.items():
            changed += self._restore_class(kind, members)
        for function, parts in self.functions.items():
            if not _same(_parts(function), parts):
                _put(function, parts)
                changed.append(f"{function.__module__}.{function.__qualname__}")
        return [name for name in changed if name not in HARMLESS]

    def _restore_class(self, kind: type, saved: dict[str, Any]) -> Iterator[str]:
        current = type.__dict__["__dict__"].__get__(kind)
        for key, value in saved.items():
            now = current.get(key, MISSING)
            if now is not value and not _own_doing(key, value, now):
                with suppress(Exception):
                    self.set_attribute(kind, key, value)
                    yield f"{kind.__module__}.{kind.__qualname__}.{key}"
        added = [
            key for key in current if key not in saved and key not in PLAIN and key.startswith("__") and callable(current[key])
        ]
        for key in added:
            with suppress(Exception):
                self.delete_attribute(kind, key)
                yield f"{kind.__module__}.{kind.__qualname__}.{key}"

    def _restore_hooks(self) -> Iterator[str]:
        if sys.gettrace() is not None or sys.getprofile() is not None:
            sys.settrace(None)
            sys.setprofile(None)
            yield "sys.settrace"
        threading.settrace(None)
        threading.setprofile(None)
        finders = [finder for finder in sys.meta_path if finder in self.meta_path or _is_librarys(finder)]
        if len(finders) != len(sys.meta_path) or [f for f in self.meta_path if f not in finders]:
            sys.meta_path[:] = [*(finder for finder in finders if finder not in self.meta_path), *self.meta_path]
            yield "sys.meta_path"


def _watched(names: Iterable[str]) -> Iterator[tuple[str, ModuleType]]:
    """The modules to be watched: those named, whole packages, and the homes of the named modules' functions."""
    wanted = {name for name in sys.modules if name.partition(".")[0] in PACKAGES} | {*NAMED, *names}
    for name in [*NAMED, *names]:
        module = sys.modules.get(name)
        if isinstance(module, ModuleType):
            homes = (getattr(value, "__module__", None) for value in list(vars(module).values()) if _matters(value))
            wanted |= {home for home in homes if isinstance(home, str)}
    wanted -= {"__main__"}
    for name in sorted(wanted):
        module = sys.modules.get(name)
        if isinstance(module, ModuleType) and name.partition(".")[0] not in UNWATCHED:
            yield name, module


def _matters(value: Any) -> bool:
    return isinstance(value, (FunctionType, BuiltinFunctionType, type, ModuleType, float)) or callable(value)


def _parts(function: FunctionType) -> tuple[Any, ...]:
    """Code, defaults and closure of a function: what can be changed without replacing it."""
    options = function.__kwdefaults__
    cells = tuple(_content(cell) for cell in function.__closure__ or ())
    return function.__code__, function.__defaults__, dict(options) if options else None, cells


def _content(cell: CellType) -> Any:
    try:
        content = cell.cell_contents
    except ValueError:
        return MISSING
    # Counters and caches change by themselves; what is called does not, or not for a stranger's.
    return content if isinstance(content, (FunctionType, type)) else MISSING


def _same(now: tuple[Any, ...], then: tuple[Any, ...]) -> bool:
    if now[0] is not then[0] or now[1] is not then[1] or len(now[3]) != len(then[3]):
        return False
    if any(a is not b and not _own_doing(getattr(b, "__name__", ""), b, a) for a, b in zip(now[3], then[3], strict=True)):
        return False
    a, b = now[2], then[2]
    return a is b or (a is not None and b is not None and a.keys() == b.keys() and all(a[key] is b[key] for key in a))


def _put(function: FunctionType, parts: tuple[Any, ...]) -> None:
    with suppress(Exception):
        function.__code__, function.__defaults__, function.__kwdefaults__ = parts[:3]
        for cell, content in zip(function.__closure__ or (), parts[3], strict=True):
            if content is not MISSING:
                cell.cell_contents = content


def is_library(names: dict[str, Any]) -> bool:
    """Whether a function's globals are those of a module that is installed, and not written by a student."""
    module = sys.modules.get(names.get("__name__", ""))
    if not isinstance(module, ModuleType) or vars(module) is not names or names.get("__name__") == "__main__":
        return False
    origin = getattr(names.get("__spec__"), "origin", None) or names.get("__file__") or ""
    return origin in ("built-in", "frozen") or str(origin).startswith((sys.prefix, sys.base_prefix))


def _is_librarys(finder: Any) -> bool:
    """Whether a finder of modules belongs to an installed package: setuptools brings one."""
    kind = finder if isinstance(finder, type) else type(finder)
    return _own_doing(kind.__name__, None, kind)


def _own_doing(key: str, old: Any, new: Any) -> bool:
    """Whether a library has changed a name of its own: a lazy module that has arrived, a function of another back end."""
    if isinstance(new, ModuleType):
        arrived = sys.modules.get(new.__name__) is new and is_library(vars(new))
        return arrived and (type(old) is not ModuleType or new.__name__.rpartition(".")[2] == key)
    if isinstance(new, FunctionType):
        return new.__name__ == key and is_library(new.__globals__)
    if isinstance(new, type):
        home = sys.modules.get(new.__module__)
        return isinstance(home, ModuleType) and is_library(vars(home)) and vars(home).get(key) is new
    return False


def every_class() -> Iterator[type]:
    """All classes of this interpreter."""
    seen, queue = {object}, [object]
    while queue:
        for kind in type.__subclasses__(queue.pop()):
            if kind not in seen:
                seen.add(kind)
                queue.append(kind)
                yield kind
