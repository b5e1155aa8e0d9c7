"""dbt's Jinja: macros that return values, and its own blocks."""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

NAME = "it"


class Returned(Exception):  # noqa: N818 - no error: how a macro hands its caller a value
    """A macro returns."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


def return_value(value: object = None) -> None:
    raise Returned(value)


class _Blocks(Extension):
    """`materialization` and `test` blocks are macros."""

    tags = {"materialization", "test"}  # noqa: RUF012 - as the class it is made of has it

    def parse(self, parser: Parser) -> nodes.Node:
        node = nodes.Macro(lineno=next(parser.stream).lineno)
        tag = parser.stream
        node.name = parser.parse_assign_target(name_only=True).name
        node.args, node.defaults = [], []
        if parser.stream.current.type == "lparen":
            parser.parse_signature(node)
        while parser.stream.skip_if("comma"):
            if not parser.stream.skip_if("name:default"):
                parser.parse_assign_target(name_only=True)
                parser.stream.expect("assign")
                parser.parse_expression()
        node.body = parser.parse_statements(
            ("name:endmaterialization", "name:endtest"), drop_needle=True
        )
        return node


class Templates:
    """The macros and models of a project, each made ready when it is first needed."""

    def __init__(self, macros: Mapping[str, str]) -> None:
        self._macros = macros
        self._templates: dict[str, Template] = {}
        self._environment = Environment(  # noqa: S701 - SQL, not HTML
            extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", _Blocks],
            undefined=StrictUndefined,
        )

    def render(self, text: str, context: Mapping[str, Any]) -> str:
        return self._environment.from_string(text).render(context)

    def macro(self, name: str, context: dict[str, Any]) -> Callable[..., Any]:
        """Return a macro as one calls it, which sees this context."""
        template = self._templates.get(name) or self._compile(name)
        module = template.make_module(context, shared=True)
        made: Callable[..., Any] = getattr(module, NAME)
        return made

    def _compile(self, name: str) -> Template:
        parsed = self._environment.parse(self._macros[name])
        # under its own name a macro would find itself, rather than what hands its value on
        [macro] = parsed.find_all(nodes.Macro)
        macro.name = NAME
        template = self._templates[name] = self._environment.from_string(parsed)
        return template
