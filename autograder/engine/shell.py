"""In the child: an IPython shell without a kernel, whose displays, plots, results and errors become notebook outputs."""

from __future__ import annotations

import builtins
import json
import sys
import warnings
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from autograder.engine.capture import Capture, Stream

LINE = 10_000


class InputError(EOFError):
    """A cell asked for input where nobody can answer."""


def no_input(prompt: object = "", *rest: object, **options: object) -> str:
    """Stands for input() and getpass()."""
    raise InputError("input() cannot be used here: nobody is there to type an answer when the notebook is graded.")


class _Publisher(DisplayPublisher):
    capture = AnyTrait()

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **rest: Any,
    ) -> None:
        self._validate_data(data, metadata)
        data, metadata, size = clean(data, metadata)
        transient = transient or {}
        if update:
            self.capture.replace(transient.get("display_id", ""), data, metadata, size)
            return
        output = {"output_type": "display_data", "data": data, "metadata": metadata, "transient": transient, "size": size}
        self.capture.add(output, size)

    def clear_output(self, wait: bool = False) -> None:
        self.capture.clear(wait)


class _DisplayHook(DisplayHook):
    capture = AnyTrait()

    def write_output_prompt(self) -> None:
        """Nothing: the frontend shows the prompt."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        data, metadata, size = clean(format_dict, md_dict)
        output = {"output_type": "execute_result", "data": data, "metadata": metadata}
        self.capture.add(output | {"execution_count": self.prompt_count}, size)

    def finish_displayhook(self) -> None:
        self._is_active = False

    def log_output(self, format_dict: dict[str, Any]) -> None:
        """Nothing: a history of all outputs would only keep memory."""


class NotebookShell(InteractiveShell):
    """Runs cells one after the other as a kernel would, and keeps what they show in a `Capture`."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_DisplayHook)
    capture = AnyTrait()

    def enable_gui(self, gui: str | None = None) -> None:
        """Nothing: `%matplotlib inline` asks for it, and there is no event loop of a window to join."""

    def ask_exit(self) -> None:
        """`exit` and `quit` end a cell as sys.exit() does."""
        raise SystemExit

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.last_error = (etype.__name__, text_of(evalue))
        lines = [str(line)[:LINE] for line in stb]
        output = {"output_type": "error", "ename": etype.__name__, "evalue": text_of(evalue), "traceback": lines}
        self.capture.add(output, sum(map(len, lines)))

    def run(self, source: str) -> tuple[str, str] | None:
        """Run one cell. Returns the name and text of its error, or None when it ran well."""
        self.last_error: tuple[str, str] | None = None
        sys.stdout, sys.stderr = self.streams
        builtins.input = no_input
        try:
            result = self.run_cell(source, store_history=True)
        except BaseException as error:  # an error that IPython itself lets through, as GeneratorExit
            return type(error).__name__, text_of(error)
        error = result.error_before_exec or result.error_in_exec
        if error is not None and self.last_error is None:
            return type(error).__name__, text_of(error)
        return self.last_error if error is not None else None


def create(limit: int) -> NotebookShell:
    """The one shell of this process, with a capture of `limit` bytes a cell."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "linux"
    config.InteractiveShell.banner1 = ""
    config.InteractiveShell.ast_node_interactivity = "last_expr"
    shell = NotebookShell.instance(config=config)
    # IPython's advice on how to leave a terminal, when a cell calls sys.exit().
    warnings.filterwarnings("ignore", message="To exit: use")
    shell.capture = shell.display_pub.capture = shell.displayhook.capture = Capture(limit)
    shell.streams = (Stream("stdout", 1, shell.capture), Stream("stderr", 2, shell.capture))
    return shell


def text_of(error: BaseException) -> str:
    """Text of an error whose __str__ may itself be broken."""
    try:
        return str(error)[:LINE]
    except BaseException:
        return ""


def clean(data: dict[str, Any], metadata: dict[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Data and metadata as JSON can carry them, and about how large they are."""
    kept: dict[str, Any] = {}
    size = 0
    for key, value in data.items():
        if isinstance(value, bytes):
            import base64

            value = base64.b64encode(value).decode("ascii")
        if not isinstance(value, str):
            try:
                value = json.loads(json.dumps(value, allow_nan=False))
            except (TypeError, ValueError, RecursionError):
                continue
        kept[str(key)] = value
        size += len(value) if isinstance(value, str) else len(json.dumps(value))
    try:
        metadata = json.loads(json.dumps(metadata or {}, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        metadata = {}
    return kept, metadata, size
