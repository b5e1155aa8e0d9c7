{#- Give a table the columns that its rows have now; false where it has to be built anew, because
    it is not there, it shall be, or a column's type has changed. -#}
{% macro fit_table(relation, rows) -%}
    {%- if should_full_refresh() or not relation_exists(relation) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set wanted = described_columns(rows) -%}
    {%- set found = described_columns("from " ~ relation) -%}
    {%- if wanted == found -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set found_types = {} -%}
    {%- for name, type in found -%}
        {%- do found_types.update({name | lower: type}) -%}
    {%- endfor -%}
    {%- set selected = [] -%}
    {%- for name, type in wanted -%}
        {%- set found_type = found_types.pop(name | lower, none) -%}
        {%- if found_type not in (none, type) -%}
            {{ return(false) }}
        {%- endif -%}
        {%- set value = '"' ~ name ~ '"' if found_type else "cast(null as " ~ type ~ ")" -%}
        {%- do selected.append(value ~ ' as "' ~ name ~ '"') -%}
    {%- endfor -%}
    {%- set query -%}
        create or replace table {{ relation }} as
        select {{ selected | join(", ") }} from {{ relation }}
    {%- endset -%}
    {%- do run_sql(query) -%}
    {{ return(true) }}
{%- endmacro %}

{% macro described_columns(rows) -%}
    {%- set query = "select column_name, column_type from (describe " ~ rows ~ ")" -%}
    {%- set columns = [] -%}
    {%- for name, type in run_sql(query) -%}
        {%- do columns.append((name, type)) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro create_empty(relation, rows) -%}
    {%- do run_sql("create or replace table " ~ relation ~ " as " ~ rows ~ " limit 0") -%}
    {%- do adapter.cache_added(relation.incorporate(type="table")) -%}
{%- endmacro %}

{#- dbt lists the tables of a schema once in a run. -#}
{% macro relation_exists(relation) -%}
    {%- set found = adapter.get_relation(
        database=relation.database, schema=relation.schema, identifier=relation.identifier
    ) -%}
    {{ return(found is not none) }}
{%- endmacro %}
