{#- The landed rows that a resource's table lacks, with one `select` for each schema of their files. The
    columns come from the catalogue and from all files ever landed, so dbt finds them when it runs. -#}
{% macro stage(resource, is_increment=false) -%}
{%- set columns = staging_columns(resource) -%}
{%- for schema in landed_schemas(resource, only_changed=is_increment or is_incremental()) %}
{{ stage_schema(columns, schema.types, read_landing(schema.paths)) }}

union all
{% endfor %}
{{ stage_schema(columns, {}, no_rows()) }}
where false
{%- endmacro %}

{#- The schemas of a resource's files, each with its types by column name in lower case. Paths are those of
    files that can be read and have rows. -#}
{% macro landed_schemas(resource, only_changed) -%}
    {%- set files_query -%}
        select
            path,
            schema_id
        from {{ ref("landed_files") }}
        where
            resource = {{ text_literal(resource) }}
            and record_count > 0
            and path not in (select path from {{ ref("unreadable_files") }})
            {% if only_changed %}and path in (select path from {{ ref("changed_files") }} where is_landed){% endif %}
    {%- endset -%}
    {%- set columns_query -%}
        select distinct
            schema_id,
            lower(column_name) as column_name,
            landed_type
        from {{ ref("landed_columns") }}
        where resource = {{ text_literal(resource) }}
    {%- endset -%}
    {%- set schemas = {} -%}
    {%- for file in fetch(files_query) -%}
        {%- do schemas.setdefault(file.schema_id, {"paths": [], "types": {}}).paths.append(file.path) -%}
    {%- endfor -%}
    {%- for column in fetch(columns_query) if column.schema_id in schemas -%}
        {%- do schemas[column.schema_id].types.update({column.column_name: column.landed_type}) -%}
    {%- endfor -%}
    {{ return(schemas.values() | list) }}
{%- endmacro %}

{#- The columns of a staging table in their order, with types. They are the same under `--empty`, which
    would limit a plain ref to no rows. -#}
{% macro staging_columns(resource) -%}
    {%- set query -%}
        select
            column_name as name,
            lower(column_name) as key,
            column_type as type,
            ordinal
        from {{ ref("staged_columns").render() }}
        where resource = {{ text_literal(resource) }}
    {%- endset -%}
    {{ return(fetch(query) | sort(attribute="ordinal")) }}
{%- endmacro %}

{#- The rows of one schema. A value of another type than its column's is kept as landed beside the value
    read from it. Otherwise a value that does not fit would look like an absent one. -#}
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
    {{ lineage_columns() | join(",\n    ") }},
    {{ misfits(parsed, landed_types) }} as _event_misfits
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

{#- The columns of a row whose landed value did not fit, each with a blank and the value's form. -#}
{% macro misfits(parsed, landed_types) -%}
    {%- if parsed -%}
    split(nullif(concat_ws(chr(10)
        {%- for column in parsed -%}
        {%- set landed, read = adapter.quote(column.name), adapter.quote("_event_read_" ~ column.name) -%}
        {%- set text = read_as("varchar", landed, landed_types[column.key]) -%}
        , case when {{ landed }} is not null and {{ read }} is null
            then concat('{{ column.name }} ', {{ form_of(text) }}) end
        {%- endfor -%}
    ), ''), chr(10))
    {%- else -%}
    cast(null as {{ engine_type("varchar[]") }})
    {%- endif -%}
{%- endmacro %}

{#- The form of a text's first 40 characters, without its letters and digits: 'A7, née' is 'A9, aaa'.
    A character outside ASCII could be a letter, so it is one. -#}
{% macro form_of(text) -%}
    {%- set form = namespace(sql="left(coalesce(" ~ text ~ ", ''), 40)") -%}
    {%- for found, shown in {"[^ -~]": "a", "[0-9]": "9", "[A-Z]": "A", "[a-z]": "a"}.items() -%}
        {%- set form.sql = replace_each(form.sql, found, shown) -%}
    {%- endfor -%}
    {{ form.sql }}
{%- endmacro %}

{#- The columns that each landed row has beside its resource's own fields, with their types. -#}
{% macro lineage_columns() -%}
    {%- set text = dbt.type_string() -%}
    {{ return({
        "_resource": text, "_event": text, "_snapshot_date": "date", "_client_guid": text,
        "_row_number": "bigint", "_source_file": text, "_source_sha256": text,
    }) }}
{%- endmacro %}

{#- The lineage columns, for a resource that has not landed. -#}
{% macro no_rows() -%}
    (select {% for name, type in lineage_columns().items() -%}
        cast(null as {{ type }}) as {{ name }}{{ ", " if not loop.last }}
    {%- endfor %}) as none_landed
{%- endmacro %}
