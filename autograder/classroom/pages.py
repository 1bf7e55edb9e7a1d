"""Feedback pages, made by nbconvert as nbgrader makes them, but fit for a class: the same prose is not worked out again
for every student."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"


@cache
def html_exporter() -> type:
    """nbconvert's HTML exporter for pages whose pictures all have alternative texts (see `outputs`).

    It keeps compiled templates, rendered Markdown and coloured code from one page to the next, and leaves out nbconvert's
    second parse of the finished page, which would only look for pictures without words.
    """
    from jinja2 import BytecodeCache, pass_context
    from jinja2.bccache import Bucket
    from nbconvert.exporters import HTMLExporter
    from nbconvert.exporters.templateexporter import TemplateExporter
    from nbconvert.filters import Highlight2HTML

    class Templates(BytecodeCache):
        def __init__(self) -> None:
            self.compiled: dict[str, bytes] = {}

        def load_bytecode(self, bucket: Bucket) -> None:
            if bucket.key in self.compiled:
                bucket.bytecode_from_string(self.compiled[bucket.key])

        def dump_bytecode(self, bucket: Bucket) -> None:
            self.compiled[bucket.key] = bucket.bytecode_to_string()

    templates, prose, code = Templates(), Shelf(), Shelf()

    class Exporter(HTMLExporter):
        def _create_environment(self) -> Any:
            environment = super()._create_environment()
            environment.bytecode_cache = templates
            return environment

        @pass_context
        def markdown2html(self, context: Any, source: str) -> str:
            return prose.get(source, lambda: HTMLExporter.markdown2html(self, context, source))

        def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> tuple[str, Any]:
            colour = Highlight2HTML(pygments_lexer="ipython3", parent=self)
            resources = self._init_resources(resources)
            self.register_filter("highlight_code", lambda source, **how: code.get(source, lambda: colour(source, **how)))
            return TemplateExporter.from_notebook_node(self, nb, resources, **options)

    return Exporter


def feedback_template() -> dict[str, dict[str, Any]]:
    """Settings for our look of nbgrader's feedback page: exercises by their names, and what to look at next."""
    import nbgrader

    theirs = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    places = [str(TEMPLATES), str(theirs)]
    look = {"template_name": "tandem-feedback", "template_file": "tandem.html.j2", "extra_template_basedirs": places}
    return {"HTMLExporter": look}


class Shelf:
    """Finished pieces of pages by their source; emptied when it is full, so that a large class does not fill the memory."""

    def __init__(self, size: int = 4000) -> None:
        self.size = size
        self.pieces: dict[str, str] = {}

    def get(self, source: str, make: Any) -> str:
        """The piece made of a source, made at most once."""
        if source not in self.pieces:
            if len(self.pieces) >= self.size:
                self.pieces.clear()
            self.pieces[source] = make()
        return self.pieces[source]
