"""What a model, a test or a macro of dbt's project sees by which name."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from jinja2.defaults import DEFAULT_NAMESPACE

from ingest.models.adapter import Adapter, Cursor, Relation
from ingest.models.plan import Node, Plan
from ingest.models.templates import Returned, Templates, return_value


class Project:
    """A plan at work on a warehouse."""

    def __init__(self, plan: Plan, connection: Cursor) -> None:
        self.plan = plan
        self.adapter = Adapter(connection, macro=self._macro)
        self._templates = Templates(plan.macros)
        self._macros = {name: _Macro(name, self) for name in plan.macros}
        self._relations = {
            node["name"]: Relation(node["database"], node["schema"], node["alias"])
            for node in plan.nodes.values()
            if node["resource_type"] == "model"
        }
        self._common = DEFAULT_NAMESPACE | self._macros | {
            "adapter": self.adapter,
            "api": SimpleNamespace(Relation=SimpleNamespace(create=Relation)),
            "execute": True,
            "flags": SimpleNamespace(WHICH="build", FULL_REFRESH=False, EMPTY=False),
            "graph": {"nodes": plan.nodes},
            "invocation_id": str(uuid4()),
            "print": _print,
            "ref": self._relations.__getitem__,
            "return": return_value,
            "source": self._source,
            "statement": self._statement,
            "store_raw_result": _nothing,
            "target": _target(self._relations),
            "var": plan.variables.__getitem__,
        }
        self.context: dict[str, Any] = {}
        self._made: dict[str, Callable[..., Any]] = {}

    def see(self, node: Node, **more: Any) -> None:
        """Let templates see a node as the one that is run."""
        self._made.clear()
        self.context = self._common | {
            "config": _Config(node["config"]),
            "model": node,
            "post_hooks": node["config"].get("post-hook", []),
            "pre_hooks": node["config"].get("pre-hook", []),
            "render": self.render,
            "this": self._relations.get(node["name"]),
        }
        self.context |= more

    def render(self, text: str) -> str:
        return self._templates.render(text, self.context)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a macro."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._templates.macro(name, self.context)
        try:
            return made(*args, **kwargs)
        except Returned as returned:
            return returned.value

    def _macro(self, name: str) -> "_Macro | None":
        return self._macros.get(name)

    def _source(self, group: str, name: str) -> Relation:
        return Relation(**self.plan.sources[f"{group}.{name}"])

    def _statement(
        self, name: str | None = None, *, auto_begin: bool = True, caller: Callable[[], str]
    ) -> str:
        self.adapter.add_query(caller(), auto_begin=auto_begin)
        return ""


class _Macro:
    """A macro under its own name."""

    def __init__(self, name: str, project: Project) -> None:
        self._name = name
        self._project = project

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._project.call(self._name, *args, **kwargs)


class _Config:
    """A node's own settings, which dbt has read already."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings

    def __call__(self, **_settings: Any) -> str:
        return ""

    def get(self, name: str, default: Any = None) -> Any:
        return self._settings.get(name, default)


def _target(relations: dict[str, Relation]) -> SimpleNamespace:
    first = next(iter(relations.values()))
    return SimpleNamespace(database=first.database)


def _print(text: str) -> str:
    print(text)  # noqa: T201
    return ""


def _nothing(*_args: Any, **_kwargs: Any) -> str:
    return ""
