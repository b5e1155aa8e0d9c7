"""A plan at work on a warehouse: what a model, a test or a macro sees under which name."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from jinja2.defaults import DEFAULT_NAMESPACE

from ingest.models.adapter import Adapter, Database, Relation
from ingest.models.plan import Node, Plan
from ingest.models.templates import Returned, Templates, return_value


class Project:
    """The templates of a plan, seen by one node after the other.

    Args:
        kept: a folder in which templates stay compiled.
    """

    def __init__(self, plan: Plan, database: Database, *, kept: Path) -> None:
        self.adapter = Adapter(database, find_macro=self._find_macro)
        codes = {name: node["raw_code"] for name, node in plan.nodes.items()}
        self._templates = Templates(plan.macros | codes, kept=kept)
        self._plan = plan
        self._relations = {
            node["name"]: Relation(node["database"], node["schema"], node["alias"])
            for node in plan.nodes.values()
        }
        self._common = DEFAULT_NAMESPACE | {name: _Macro(name, self) for name in plan.macros}
        self._common |= self._names()
        self._context: dict[str, Any] = {}
        self._macros: dict[str, Callable[..., Any]] = {}

    def see(self, node: Node, **more: Any) -> None:
        """From now on templates see this node as the one that is run."""
        config = node["config"]
        own = {
            "config": _Config(config),
            "model": node,
            "post_hooks": config.get("post-hook", []),
            "pre_hooks": config.get("pre-hook", []),
            "sql": _Rendered(self, node),
            "this": self._relations[node["name"]],
        }
        self._context = self._common | own | more
        self._macros = {}

    def render(self, node: Node) -> str:
        """Write the SQL of the node that is seen out."""
        return self._templates.render(node["unique_id"], self._context)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a macro for the node that is seen."""
        if name not in self._macros:
            self._macros[name] = self._templates.macro(name, self._context)
        try:
            return self._macros[name](*args, **kwargs)
        except Returned as returned:
            return returned.value

    def _names(self) -> dict[str, Any]:
        """What every node sees, beside macros."""
        database = next(iter(self._relations.values())).database
        return {
            "adapter": self.adapter,
            "api": SimpleNamespace(Relation=SimpleNamespace(create=Relation)),
            "execute": True,
            "flags": SimpleNamespace(WHICH="build", FULL_REFRESH=False, EMPTY=False),
            "graph": {"nodes": self._plan.nodes},
            "invocation_id": str(uuid4()),
            "print": _print,
            "ref": self._relations.__getitem__,
            "render": lambda text: self._templates.render_text(text, self._context),
            "return": return_value,
            "source": lambda group, name: Relation(**self._plan.sources[f"{group}.{name}"]),
            "statement": self._statement,
            "store_raw_result": _nothing,
            "target": SimpleNamespace(database=database),
            "var": self._plan.variables.__getitem__,
        }

    def _find_macro(self, name: str) -> "_Macro | None":
        return _Macro(name, self) if name in self._plan.macros else None

    def _statement(
        self, _name: str | None = None, *, auto_begin: bool = True, caller: Callable[[], str]
    ) -> str:
        self.adapter.add_query(caller(), auto_begin=auto_begin)
        return ""


class _Rendered:
    """A node's SQL, written out where it is used: what keeps a table by its changes does not."""

    def __init__(self, project: Project, node: Node) -> None:
        self._project, self._node = project, node

    def __str__(self) -> str:
        return self._project.render(self._node)


class _Macro:
    """A macro, under the name that others call it by."""

    def __init__(self, name: str, project: Project) -> None:
        self._name, self._project = name, project

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._project.call(self._name, *args, **kwargs)


class _Config:
    """A node's settings; what it says of itself dbt has read already."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.get = settings.get

    def __call__(self, **_settings: Any) -> str:
        return ""


def _print(text: str) -> str:
    print(text)  # noqa: T201 - what macros tell whoever builds
    return ""


def _nothing(*_args: Any, **_kwargs: Any) -> str:
    return ""
