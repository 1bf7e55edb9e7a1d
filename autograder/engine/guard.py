"""In the child: test cells that share the student's interpreter, run past everything that the student could have prepared.

Such a test can be deceived by whoever knows this file: the student's code runs in the same process. What is closed here are
the ways that work without it. A test cell is compiled and run by this module, not by the notebook's shell: transformers,
hooks and the history of the shell see nothing of it. Before it runs, what tests rely on is put back (`genuine`); afterwards
a second look tells what was changed while it ran. Whether it raised an error decides, and its last value: nothing that is
printed, shown or logged. `autograder/dropin.md` says what remains.
"""

from __future__ import annotations

import ast
import base64
import builtins
import linecache
import numbers
import secrets
import sys
import traceback
from contextlib import suppress
from inspect import CO_COROUTINE
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from autograder.engine.genuine import Snapshot
from autograder.engine.liars import LIARS_OF_OTHERS, DecidesItself, Liars, Looking
from autograder.engine.shell import NotebookShell, no_input, text_of

NAME = "<test>"
KEPT_BYTES = 16 << 20
CHANGED_WITHIN = "The notebook changed what the test relies on while the test ran."


class Guard:
    """Made before the student's first cell. `problem` says why the files could not be put in place."""

    def __init__(self, shell: NotebookShell, setup: dict[str, Any]) -> None:
        self.shell, self.space, self.streams = shell, shell.user_ns, shell.streams
        self.files: dict[str, bytes] = {}
        self.problem = self._put_files(setup["files"], setup["genuine"])
        self.own = set(setup["names"])
        """Names that the author's notebook gives a meaning to: students are meant to write or to change them."""
        self.doubt = bool(setup["doubt"])
        self.names: dict[str, Any] = {}
        """What the author's imports and cells have bound."""
        self._import(setup["modules"], setup["imports"])
        builtins.input = no_input
        # The shell has some names of its own in the notebook, which builtins have too: open, exit, quit.
        self.builtins = {**vars(builtins), **{name: self.space[name] for name in self.space.keys() & vars(builtins).keys()}}
        self.token = f"_{secrets.token_hex(8)}"
        self.snapshot = Snapshot(setup["modules"])
        self.liars = Liars(setup["classes"], self.space)
        self.mocks = {name for name in LIARS_OF_OTHERS if name in sys.modules}
        self.transform = TransformerManager().transform_cell
        _hide_engine(shell)

    def _put_files(self, files: dict[str, str], genuine: list[str]) -> str:
        try:
            for name, encoded in files.items():
                data = base64.b64decode(encoded)
                _write(Path(name), data)
                if name in genuine and sum(map(len, self.files.values())) + len(data) <= KEPT_BYTES:
                    self.files[name] = data
        except (OSError, ValueError) as error:
            return f"{name}: {error}"
        return ""

    def _import(self, modules: list[str], imports: list[str]) -> None:
        for module in modules:
            with suppress(BaseException):
                __import__(module)
        for statement in imports:
            with suppress(BaseException):
                exec(compile(statement, "<imports>", "exec"), self.names)
        self.names.pop("__builtins__", None)
        if "torch" in sys.modules:
            with suppress(Exception):
                sys.modules["torch"].set_num_threads(1)
                sys.modules["torch"].manual_seed(0)

    def remember(self, source: str) -> None:
        """Remember the functions and modules that a cell of the author's has just bound."""
        for name in bound(_parsed(self.transform, source)):
            value = self.space.get(name)
            if callable(value) or type(value) is type(sys):
                self.names[name] = value
                self.snapshot.add_function(value)

    def test(self, source: str) -> dict[str, Any]:
        """Run a test cell: its error, the value of its last line, what was changed that tests rely on."""
        changed = self.snapshot.restore() + self._restore_files()
        sys.stdout, sys.stderr = self.streams
        builtins.input = no_input
        error, value, line = None, None, 0
        try:
            value = self._run(source, changed)
        except BaseException as problem:
            error = (type(problem).__name__, text_of(problem))
            if isinstance(problem, DecidesItself):
                changed.append(error[1])
            line = self._show(problem, source)
        self._finish(value if error is None else None)
        meant = _assigned(_parsed(self.transform, source))
        within = [name for name in self.snapshot.restore() if name.rpartition(".")[2] not in meant]
        if within and error is None:
            error = ("Tampered", CHANGED_WITHIN)
            lines = [f"Tampered: {CHANGED_WITHIN}"]
            output = {"output_type": "error", "ename": error[0], "evalue": error[1], "traceback": lines}
            self.shell.capture.add(output, len(error[1]))
        if error is None:
            self.remember(source)
        seen = sorted(set(changed + within))
        described = None if error or value is None else describe(value)
        if described and source.rstrip().endswith(";"):
            described["type"] += " hidden by a semicolon"
        return {"error": list(error) if error else None, "value": described, "changed": seen[:50], "line": line}

    def _run(self, source: str, changed: list[str]) -> Any:
        """The value of the last line. `changed` is told which names stood for something else than they should."""
        tree = ast.parse(self.transform(source), NAME)
        quiet = source.rstrip().endswith(";")
        wrong = self._wrong_names(tree)
        changed += [f"the name {name}" for name in wrong]
        Renaming({name: f"{self.token}_{name}" for name in wrong}).visit(tree)
        self.space |= {f"{self.token}_{name}": value for name, value in wrong.items()}
        if self.doubt or self.liars.any() or any(name in sys.modules for name in LIARS_OF_OTHERS if name not in self.mocks):
            look = f"{self.token}_look"
            self.space[look] = self.liars.look
            tree = ast.fix_missing_locations(Looking(look).visit(tree))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        self._execute(compile(tree, NAME, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True))
        if last is None:
            return None
        value = self._execute(compile(ast.Expression(last.value), NAME, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True))
        # A number behind which a semicolon stands is a score that nobody sees: the trusted side says so.
        return value if not quiet or (value is not None and describe(value)["number"]) else None

    def _execute(self, code: Any) -> Any:
        if not code.co_flags & CO_COROUTINE:
            return eval(code, self.space)
        from IPython.core.async_helpers import get_asyncio_loop

        return get_asyncio_loop().run_until_complete(eval(code, self.space))

    def _wrong_names(self, tree: ast.Module) -> dict[str, Any]:
        """Names that the test reads and the student has given another meaning, with what they should stand for."""
        wrong = {name: true for name, true in self.names.items() if self.space.get(name, true) is not true}
        for name in self.space.keys() & self.builtins.keys() - self.own - self.names.keys():
            if self.space[name] is not self.builtins[name]:
                wrong[name] = self.builtins[name]
        read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        # A helper of the author's reads names too: where they are wrong it is given the right ones.
        right = {**self.space, **wrong}
        for name, helper in self.names.items():
            if isinstance(helper, FunctionType) and helper.__globals__ is self.space and _reads(helper.__code__) & wrong.keys():
                right[name] = wrong[name] = _with_names(helper, right)
        return {name: wrong[name] for name in wrong.keys() & read - bound(tree, inner=True)}

    def _show(self, problem: BaseException, source: str) -> int:
        """Put the error among the cell's outputs. Returns the line of the test cell that failed, 0 when unknown."""
        line = 0
        try:
            linecache.cache[NAME] = (len(source), None, [part + "\n" for part in source.splitlines()], NAME)
            told = traceback.TracebackException(type(problem), problem, problem.__traceback__, limit=-40)
            own = [i for i, frame in enumerate(told.stack) if frame.filename == NAME]
            if own:
                line = told.stack[own[-1]].lineno or 0
                told.stack[: own[0]] = []
            lines = "".join(told.format()).splitlines()
        except BaseException:
            lines = [f"{type(problem).__name__}: {text_of(problem)}"]
        finally:
            linecache.cache.pop(NAME, None)
        if isinstance(problem, SyntaxError) and isinstance(problem.lineno, int) and not line:
            line = problem.lineno
        output = {"output_type": "error", "ename": type(problem).__name__, "evalue": text_of(problem), "traceback": lines}
        self.shell.capture.add(output, sum(map(len, lines)))
        return line

    def _finish(self, value: Any) -> None:
        """Show figures and the last value, as a notebook does. Nothing of it decides."""
        with suppress(BaseException):
            if "matplotlib_inline.backend_inline" in sys.modules:
                sys.modules["matplotlib_inline.backend_inline"].flush_figures()
            if value is not None:
                data, metadata = self.shell.display_formatter.format(value)
                self.shell.display_pub.publish(data, metadata)

    def _restore_files(self) -> list[str]:
        changed = []
        for name, data in self.files.items():
            path = Path(name)
            with suppress(OSError):
                if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
                    continue
            with suppress(OSError):
                if path.is_symlink() or path.exists():
                    path.unlink()
                _write(path, data)
            changed.append(f"the file {name}")
        return changed


def _write(path: Path, data: bytes) -> None:
    """Write a file that belongs beside the notebook; it is not meant to be written to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o444)


def _hide_engine(shell: NotebookShell) -> None:
    """Take the engine's own modules out of sight. Whoever searches the interpreter's memory finds them all the same."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "autograder"]:
        del sys.modules[name]
    with suppress(AttributeError, KeyError):
        vars(shell._orig_sys_modules_main_mod).pop("m", None)


def _parsed(transform: Any, source: str) -> ast.Module:
    try:
        return ast.parse(transform(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _assigned(tree: ast.Module) -> set[str]:
    """Attributes that a test replaces itself, with = or by a name in quotes as setattr and mock.patch do."""
    nodes = list(ast.walk(tree))
    found = {node.attr for node in nodes if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)}
    quoted = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return found | {text.rpartition(".")[2] for text in quoted if text.replace(".", "_").isidentifier()}


def _reads(code: CodeType) -> set[str]:
    """Names that a function's code uses, with the functions inside of it."""
    return set(code.co_names).union(*(_reads(inner) for inner in code.co_consts if isinstance(inner, CodeType)))


def _with_names(helper: FunctionType, names: dict[str, Any]) -> FunctionType:
    """The same function with other global names."""
    copied = FunctionType(helper.__code__, names, helper.__name__, helper.__defaults__, helper.__closure__)
    copied.__kwdefaults__ = helper.__kwdefaults__
    return copied


def bound(tree: ast.Module, *, inner: bool = False) -> set[str]:
    """Names that a cell binds at its top level; with `inner` in its functions and comprehensions as well."""
    found: set[str] = set()
    nodes: list[ast.AST] = list(ast.walk(tree)) if inner else list(_top(tree))
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found


def _top(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for child in ast.iter_child_nodes(node):
        found.append(child)
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            found += _top(child)
    return found


class Renaming(ast.NodeTransformer):
    """Lets a test cell read some names under other names."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and node.id in self.names:
            return ast.copy_location(ast.Name(self.names[node.id], ast.Load()), node)
        return node


def describe(value: Any) -> dict[str, Any]:
    """A value's type and text, and whether it is some kind of number. For a plain int or float the text is exact."""
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    try:
        text = repr(value)[:100]
    except BaseException:
        text = ""
    number = kind in (int, float, bool, complex) or isinstance(value, numbers.Number)
    if not number and kind not in (str, bytes):
        with suppress(BaseException):
            number = kind.__name__ in ("bool", "bool_") or (hasattr(kind, "__float__") and tuple(value.shape) in ((), (1,)))
        with suppress(BaseException):
            float(text)
            number = True
    return {"type": name[:100], "text": text, "number": number}
