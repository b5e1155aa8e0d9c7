{#- The landed rows of a resource, each column of one name and type. What its columns are called
    and how they are read depends on the catalogue and on all that ever landed, so it is found out
    at run time: a `select` for each schema among the resource's files. -#}
{% macro stage(resource, files, columns, widened) -%}
{%- if execute -%}
{%- set staged = staging_columns(resource, widened) -%}
{%- for schema in landed_schemas(resource, files, columns) %}
{{ stage_schema(staged, schema.types, read_landing(schema.paths)) }}

union all
{% endfor %}
{{ stage_schema(staged, {}, no_rows()) }}
where false
{%- else -%}
select 1
{%- endif -%}
{%- endmacro %}

{#- Rows of one schema. A landed type other than the column's own is read beside the landed value,
    so that a value which does not fit is known from one which is not there. -#}
{% macro stage_schema(staged, landed_types, rows) -%}
{%- set parsed = [] -%}
{%- for column in staged -%}
    {%- if landed_types.get(column.key, "null") not in ("null", column.type) -%}
        {%- do parsed.append(column) -%}
    {%- endif -%}
{%- endfor -%}
select
    {%- for column in staged %}
    {%- if column in parsed %}
    "_event_read_{{ column.name }}" as "{{ column.name }}",
    {%- elif landed_types.get(column.key, "null") == "null" %}
    cast(null as {{ column.type }}) as "{{ column.name }}",
    {%- else %}
    "{{ column.name }}" as "{{ column.name }}",
    {%- endif %}
    {%- endfor %}
    _resource,
    _event,
    _snapshot_date,
    _client_guid,
    _row_number,
    _source_file,
    _source_sha256,
    {{ misfits(parsed) }} as _event_misfits
from (
    select
        *
        {%- for column in parsed %},
        {{ read_as(column.type, '"' ~ column.name ~ '"', landed_types[column.key]) }}
            as "_event_read_{{ column.name }}"
        {%- endfor %}
    from {{ rows }}
)
{%- endmacro %}

{#- The names of a row's columns that hold a value which did not fit. -#}
{% macro misfits(parsed) -%}
    {{ adapter.dispatch("misfits", "mx")(parsed) }}
{%- endmacro %}

{% macro duckdb__misfits(parsed) -%}
    {%- if parsed -%}
    string_split(
        nullif(
            concat_ws(
                ','
                {%- for column in parsed %},
                case
                    when "{{ column.name }}" is not null and "_event_read_{{ column.name }}" is null
                        then '{{ column.name }}'
                end
                {%- endfor %}
            ),
            ''
        ),
        ','
    )
    {%- else -%}
    cast(null as varchar[])
    {%- endif -%}
{%- endmacro %}
