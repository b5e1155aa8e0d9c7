{#- Every record of the ledger. A field that a record does not have is null. -#}
{% macro read_ledger(fields) -%}
    {{ adapter.dispatch("read_ledger", "mx")(fields) }}
{%- endmacro %}

{#- DuckDB: read_json fails on a pattern without a match, and a torn last line is no record -#}
{% macro duckdb__read_ledger(fields) -%}
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

{#- The structs in a list column as rows, each with its ordinal from 1. -#}
{% macro unnest_rows(relation, column, kept) -%}
    {{ adapter.dispatch("unnest_rows", "mx")(relation, column, kept) }}
{%- endmacro %}

{% macro duckdb__unnest_rows(relation, column, kept) -%}
    select
        {{ kept | join(", ") }},
        unnest({{ column }}, max_depth := 2),
        generate_subscripts({{ column }}, 1) as ordinal
    from {{ relation }}
{%- endmacro %}
