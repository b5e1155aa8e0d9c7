"""The models of each resource, from one template: `just models` writes their SQL and YAML.

A model that begins with a comment in Jinja is written by hand; that comment says why.
"""

import sys
from pathlib import Path
from string import Template
from typing import Final

from ingest.settings.isolation import leave_no_core
from ingest.warehouse.dbt import PROJECT
from ingest.warehouse.models.catalogue import Catalogue, read_catalogue
from ingest.warehouse.models.exposures import PATH, render_release
from ingest.warehouse.models.lean import has_lean_view, render_lean
from ingest.warehouse.models.model_yaml import render_yaml
from ingest.warehouse.models.resources import Resource, read_resources

BY_HAND: Final = "{#"
NEXT: Final = "write it: just models"

STAGING: Final = Template("{{ stage('$resource') }}\n")
STATE: Final = Template("{{ reduce_events(ref('stg_$resource')$counters) }}\n")
HISTORY: Final = Template("{{ number_versions(ref('stg_$resource')) }}\n")

LIVE_KEYS: Final = Template("""\
with live as (

    select *
    from {{ ref('state_$resource') }}
    where _event_is_live

)

select {{ shown_columns('live', ref('state_$resource'), is_state=true) }}
from live
""")

LIVE_KEYS_OF_LOG: Final = Template("""\
with reduced as (

    {{ reduce_events(ref('stg_$resource')) | indent }}

),

live as (

    select *
    from reduced
    where _event_is_live

)

select {{ shown_columns('live', ref('stg_$resource'), is_state=true) }}
from live
""")

LOG_ROWS: Final = Template("{{ log_rows(ref('stg_$resource')) }}\n")
LOG_ROWS_WITHOUT_KEYS: Final = Template("{{ log_rows(ref('stg_$resource'), has_keys=false) }}\n")

HIDDEN_KEYS: Final = Template("""\
{{ config(materialized='view') }}

select
    seen._client_guid,
    cast(seen.guid as {{ dbt.type_string() }}) as guid
from {{ ref('state_$resource') }} as seen
where
    not seen._event_is_live
""")

OWNER_IS_HIDDEN: Final = Template("""\
exists (
        select 1
        from {{ ref('hidden_$owner') }} as hidden
        where
            hidden._client_guid = $rows._client_guid
            and hidden.guid = cast($rows.$column as {{ dbt.type_string() }})
    )
""")


def render_models(resource: Resource, catalogue: Catalogue) -> dict[str, str]:
    """Give the SQL and YAML of a resource's models, by their paths in the folder of models."""
    return _render_sql(resource) | render_yaml(resource, catalogue)


def _render_sql(resource: Resource) -> dict[str, str]:
    name, texts = resource.name, {"staging/stg_": STAGING.substitute(resource=resource.name)}
    if not resource.is_log:
        counters = f", counters={resource.counters}" if resource.counters else ""
        texts["state/state_"] = STATE.substitute(resource=name, counters=counters)
        texts["history/history_"] = HISTORY.substitute(resource=name)
    texts["current/"] = _current(resource)
    if resource.is_owner:
        texts["ops/hidden_"] = _hidden(resource)
    files = {f"{prefix}{name}.sql": text for prefix, text in texts.items()}
    if has_lean_view(resource):
        files[f"marts/{name}_lean.sql"] = render_lean(resource)
    return files


def _current(resource: Resource) -> str:
    """Show the live keys whose owners are not hidden, and the rows without a key."""
    if resource.is_log and not resource.has_keys:
        return LOG_ROWS_WITHOUT_KEYS.substitute(resource=resource.name)
    live = LIVE_KEYS_OF_LOG if resource.is_log else LIVE_KEYS
    conditions = "    and not ".join(_owners_are_hidden(resource, rows="live"))
    return (
        live.substitute(resource=resource.name)
        + (f"where\n    not {conditions}" if conditions else "")
        + "union all\n"
        + LOG_ROWS.substitute(resource=resource.name)
    )


def _hidden(resource: Resource) -> str:
    own = HIDDEN_KEYS.substitute(resource=resource.name)
    return "    or ".join([own, *_owners_are_hidden(resource, rows="seen")])


def _owners_are_hidden(resource: Resource, *, rows: str) -> list[str]:
    return [
        OWNER_IS_HIDDEN.substitute(owner=owner, column=column, rows=rows)
        for column, owner in resource.owners.items()
    ]


def find_differing_models(project: Path) -> dict[Path, str]:
    """Find the models that are not what the template says, with what it says."""
    catalogue, resources = read_catalogue(project), read_resources(project)
    texts = {project / PATH: render_release(project, resources)}
    for resource in resources:
        rendered = render_models(resource, catalogue).items()
        texts |= {project / "models" / inner: text for inner, text in rendered}
    return {path: text for path, text in texts.items() if _differs(path, text)}


def _differs(path: Path, text: str) -> bool:
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    return found != text and not found.startswith(BY_HAND)


def main() -> None:
    leave_no_core()
    write_models(only_checks=sys.argv[1:] == ["--check"])


def write_models(*, only_checks: bool) -> None:
    """Write the models that differ from the template, or only name them.

    Raises:
        SystemExit: a model differs, and they are only checked.
    """
    differing = find_differing_models(PROJECT)
    if only_checks:
        lines = [f"{path}: expected the text of its template; {NEXT}" for path in differing]
        raise SystemExit("\n".join(lines) or 0)
    for path, text in differing.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
