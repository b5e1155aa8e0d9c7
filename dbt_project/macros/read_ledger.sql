{#- the records of landed files, replaced versions too -#}
{% macro read_landed() -%}
    {{ adapter.dispatch("read_landed", "mx")() }}
{%- endmacro %}

{% macro duckdb__read_landed() -%}
    select
        client_guid,
        snapshot_date,
        resource,
        event,
        file,
        path,
        record_count,
        plain_sha256,
        schema_id,
        cast("at" as timestamptz) as landed_at
    from {{ read_ledger() }}
    where what = 'landed'
{%- endmacro %}

{#- the columns of landed schemas, one row each -#}
{% macro read_schemas() -%}
    {{ adapter.dispatch("read_schemas", "mx")() }}
{%- endmacro %}

{% macro duckdb__read_schemas() -%}
    select distinct
        schema_id,
        column_facts.name as column_name,
        column_facts.type as landed_type,
        ordinal
    from (
        select
            schema_id,
            unnest(columns) as column_facts,
            generate_subscripts(columns, 1) as ordinal
        from {{ read_ledger() }}
        where what = 'schema'
    )
{%- endmacro %}

{#- DuckDB: read_json fails on a pattern without a match, and a torn last line is no record -#}
{% macro read_ledger() -%}
    {%- set fields = {
        "at": "varchar",
        "what": "varchar",
        "client_guid": "varchar",
        "snapshot_date": "date",
        "resource": "varchar",
        "event": "varchar",
        "file": "varchar",
        "path": "varchar",
        "record_count": "bigint",
        "plain_sha256": "varchar",
        "schema_id": "varchar",
        "columns": 'struct("name" varchar, "type" varchar)[]',
    } -%}
    {%- set pattern = text_literal(data_folder() ~ "/ledger/*.jsonl") -%}
    {%- if execute and run_query("from glob(" ~ pattern ~ ") limit 1") | length -%}
    read_json(
        {{ pattern }},
        format = 'newline_delimited',
        columns = {{ "{" }}
            {%- for name, type in fields.items() %}
            "{{ name }}": '{{ type }}'{{ "," if not loop.last }}
            {%- endfor %}
        {{ "}" }},
        ignore_errors = true
    )
    {%- else -%}
    (
        select
            {%- for name, type in fields.items() %}
            cast(null as {{ type }}) as "{{ name }}"{{ "," if not loop.last }}
            {%- endfor %}
        where false
    )
    {%- endif -%}
{%- endmacro %}
