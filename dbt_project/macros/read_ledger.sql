{#- Records of the ledger, of all months or of those from one on. A field that a record does not have
    is null. -#}
{% macro read_ledger(fields, since="") -%}
    {{ adapter.dispatch("read_ledger", "mx")(fields, since) }}
{%- endmacro %}

{#- DuckDB: read_json fails without a file, and a torn last line is no record -#}
{% macro duckdb__read_ledger(fields, since) -%}
    {%- set files = ledger_files(since) if execute -%}
    {%- if files -%}
    read_json(
        [{{ files }}],
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

{#- Of each month there is one file, which is called after it. -#}
{% macro ledger_files(since) -%}
    {%- set pattern = data_folder() ~ "/ledger/*.jsonl" -%}
    {%- set query -%}
        select {{ list_literals("file") }}
        from glob({{ text_literal(pattern) }})
        where parse_filename(file) >= {{ text_literal(since) }}
    {%- endset -%}
    {{ return(run_sql(query)[0][0]) }}
{%- endmacro %}

{#- The ledger only grows: what an earlier month says has been read. -#}
{% macro month_read_again() -%}
    {%- if execute and keeps_rows() -%}
    {%- set query = "select strftime(max(recorded_at), '%Y-%m') from " ~ this -%}
    {{ return(run_sql(query)[0][0] or "") }}
    {%- endif -%}
    {{ return("") }}
{%- endmacro %}

{% macro drop_month_read_again() -%}
    {%- if execute and keeps_rows() -%}
    delete from {{ this }}
    where strftime(recorded_at, '%Y-%m') >= {{ text_literal(month_read_again()) }}
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
