"""dbt's Jinja: macros that hand back values, and materializations, kept compiled between runs."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import DictLoader, Environment, FileSystemBytecodeCache, StrictUndefined, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

NAME: Final = "called"
"""What every macro is called in its own text, so that it does not find itself under its own name
rather than what hands its value on."""


class Returned(Exception):  # noqa: N818 - no error, but how a macro hands its value back
    """A macro has returned."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


def return_value(value: object = None) -> None:
    raise Returned(value)


class _Materialization(Extension):
    """A macro without arguments, whose head also says for which database it is."""

    tags = {"materialization"}  # noqa: RUF012 - as the class it is made of has it

    def parse(self, parser: Parser) -> nodes.Node:
        macro = nodes.Macro(lineno=next(parser.stream).lineno)
        macro.name = parser.parse_assign_target(name_only=True).name
        macro.args, macro.defaults = [], []
        while parser.stream.current.type != "block_end":
            next(parser.stream)
        macro.body = parser.parse_statements(("name:endmaterialization",), drop_needle=True)
        return macro


class _MacroName(Extension):
    """Every macro is called the same in its own text."""

    _HEAD = re.compile(r"({%-?\s*(?:macro|materialization)\s+)\w+")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return self._HEAD.sub(rf"\g<1>{NAME}", source)


class Templates:
    """Texts by their names, each compiled when it is first needed.

    Args:
        kept: a folder in which what is compiled stays, until its text is another.
    """

    def __init__(self, texts: Mapping[str, str], *, kept: Path) -> None:
        kept.mkdir(parents=True, exist_ok=True)
        self._environment = Environment(  # noqa: S701 - what is written is SQL
            extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", _Materialization, _MacroName],
            loader=DictLoader(texts),
            bytecode_cache=FileSystemBytecodeCache(str(kept)),
            undefined=StrictUndefined,
            cache_size=-1,
            auto_reload=False,
        )

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        return self._environment.get_template(name).render(context)

    def render_text(self, text: str, context: Mapping[str, Any]) -> str:
        return self._environment.from_string(text).render(context)

    def macro(self, name: str, context: dict[str, Any]) -> Callable[..., Any]:
        """Return a macro as one calls it, which sees this context."""
        module = self._environment.get_template(name).make_module(context, shared=True)
        made: Callable[..., Any] = getattr(module, NAME)
        return made
