"""A view of a large resource for people who look: `marts.transactions_lean`.

A resource with columns that say who set another has one. It leaves out these columns and the values
that the feed had before edits, and adds days and names.
"""

from string import Template
from typing import Any, Final

from ingest.warehouse.models.catalogue import OF_ROW
from ingest.warehouse.models.resources import Field, Resource

SET_BY: Final = "_set_by"
BEFORE_EDITS: Final = "feed_"

MODEL: Final = Template("""\
{{ config(materialized='view') }}

select
    $columns
from {{ ref('$resource') }} as shown
$joins""")
JOIN: Final = Template("""\
left outer join {{ ref('$table') }} as $table
    on
        shown._client_guid = $table.$client
        and cast(shown.$column as {{ dbt.type_string() }})
        = cast($table.$key as {{ dbt.type_string() }})
""")
CATEGORY_NAME: Final = """\
coalesce(
        cast(shown.category_name as {{ dbt.type_string() }}),
        cast(categories.name as {{ dbt.type_string() }})
    ) as category_name"""
"""The feed's word for the category, else the name that `main.categories` has."""


def has_lean_view(resource: Resource) -> bool:
    return any(each["name"].endswith(SET_BY) for each in resource.fields)


def render_lean(resource: Resource) -> str:
    """Write the SQL of the view."""
    selected, joins = [], ""
    for name in (each["name"] for each in _shown_fields(resource)):
        selected.append(CATEGORY_NAME if name == "category_name" else f"shown.{name}")
        if name == "date":
            selected.append(f"{{{{ utc_day('shown.date') }}}} as {_day_name(resource)}")
        elif name == "institution_guid":
            selected.append("institutions.institution_name")
            joins += JOIN.substitute(
                table="institutions", client="client_guid", column=name, key=name
            )
        elif name == "category_name":
            joins += JOIN.substitute(
                table="categories", client="_client_guid", column="category_guid", key="guid"
            )
    columns = ",\n    ".join([*selected, *(f"shown.{name}" for name in OF_ROW)])
    return MODEL.substitute(columns=columns, resource=resource.name, joins=joins)


def lean_fields(resource: Resource) -> list[Field]:
    """Describe the columns of the view that come from the feed, in their order."""
    described: list[Field] = []
    for each in _shown_fields(resource):
        described.append(each)
        if each["name"] == "date":
            described.append(_added(_day_name(resource), "UTC day of date"))
        elif each["name"] == "institution_guid":
            told = "Name of the institution where marts.institutions has one"
            described.append(_added("institution_name", told))
    return described


def _added(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "config": {"meta": {"privacy": "none"}}, "description": description}


def _shown_fields(resource: Resource) -> list[Field]:
    return [
        each
        for each in resource.fields
        if not each["name"].endswith(SET_BY) and not each["name"].startswith(BEFORE_EDITS)
    ]


def _day_name(resource: Resource) -> str:
    """Name the day of a record: transaction_day."""
    return f"{resource.row.partition(' ')[2].replace(' ', '_')}_day"
