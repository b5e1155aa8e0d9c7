{#- The landed rows of a resource that its table does not have yet, each column of one name and type.
    Which columns there are depends on the catalogue and on all that ever landed, so it is found out
    when dbt runs: a `select` for each schema among the files. -#}
{% macro stage(resource, known=none) -%}
{%- set columns = staging_columns(resource) -%}
{%- set is_increment = known is not none or is_incremental() -%}
{%- set files = changed_files(resource) if is_increment else all_files(resource) -%}
{%- set schemas = landed_schemas(resource, files) -%}
{%- for schema in schemas %}
{{ stage_schema(columns, schema.types, read_landing(schema.paths)) }}

union all
{% endfor %}
{{ stage_schema(columns, {}, no_rows()) }}
where false
{%- endmacro %}

{#- The schemas of some files: their paths, and the types of their columns by name in lower case. -#}
{% macro landed_schemas(resource, files) -%}
    {%- set query -%}
        select distinct
            schema_id,
            lower(column_name) as column_name,
            landed_type
        from {{ ref("landed_columns") }}
        where resource = {{ text_literal(resource) }}
    {%- endset -%}
    {%- set schemas = {} -%}
    {%- for file in files if file.get("has_rows", true) -%}
        {%- do schemas.setdefault(file.schema_id, {"paths": [], "types": {}}).paths.append(file.path) -%}
    {%- endfor -%}
    {%- for column in fetch(query) if column.schema_id in schemas -%}
        {%- do schemas[column.schema_id].types.update({column.column_name: column.landed_type}) -%}
    {%- endfor -%}
    {{ return(schemas.values() | list) }}
{%- endmacro %}

{#- The columns of a staging table in their order, each with its type. -#}
{% macro staging_columns(resource) -%}
    {%- set query -%}
        select
            column_name as name,
            lower(column_name) as key,
            column_type as type,
            ordinal
        from {{ ref("staged_columns") }}
        where resource = {{ text_literal(resource) }}
    {%- endset -%}
    {{ return(fetch(query) | sort(attribute="ordinal")) }}
{%- endmacro %}

{#- Rows of one schema. Where the landed type differs from the column's, the value read stands beside
    the landed one. This tells a value that does not fit from an absent one. -#}
{% macro stage_schema(columns, landed_types, rows) -%}
{%- set parsed = [] -%}
select
    {%- for column in columns %}
    {%- set name, landed_type = adapter.quote(column.name), landed_types.get(column.key, "null") %}
    {%- if landed_type == "null" %}
    cast(null as {{ engine_type(column.type) }}) as {{ name }},
    {%- elif landed_type == column.type %}
    {{ name }} as {{ name }},
    {%- else %}
    {%- do parsed.append(column) %}
    {{ adapter.quote("_event_read_" ~ column.name) }} as {{ name }},
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
        {{ read_as(column.type, adapter.quote(column.name), landed_types[column.key]) }}
            as {{ adapter.quote("_event_read_" ~ column.name) }}
        {%- endfor %}
    from {{ rows }}
) as landed
{%- endmacro %}

{#- The names of a row's columns that hold a value which did not fit. -#}
{% macro misfits(parsed) -%}
    {%- set names = [] -%}
    {%- for column in parsed -%}
        {%- set landed, read = adapter.quote(column.name), adapter.quote("_event_read_" ~ column.name) -%}
        {%- do names.append(
            "case when " ~ landed ~ " is not null and " ~ read ~ " is null then '" ~ column.name ~ "' end"
        ) -%}
    {%- endfor -%}
    {%- if names -%}
    split(nullif(concat_ws(',', {{ names | join(", ") }}), ''), ',')
    {%- else -%}
    cast(null as {{ engine_type("varchar[]") }})
    {%- endif -%}
{%- endmacro %}

{#- The lineage columns of no row, for a resource that has not landed. -#}
{% macro no_rows() -%}
    {%- set text = dbt.type_string() -%}
    {%- set types = {
        "_resource": text, "_event": text, "_snapshot_date": "date", "_client_guid": text,
        "_row_number": "bigint", "_source_file": text, "_source_sha256": text,
    } -%}
    (select {% for name, type in types.items() -%}
        cast(null as {{ type }}) as {{ name }}{{ ", " if not loop.last }}
    {%- endfor %}) as none_landed
{%- endmacro %}
