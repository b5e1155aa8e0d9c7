{#- Without files to apply and with the columns of the last time there is nothing to do. What the
    columns are is told by their names and types in one text. -#}
{% macro is_up_to_date(consumer, resource, relation) -%}
    {%- if should_full_refresh() or not relation_exists(relation) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set applied = applied_files(consumer, resource) -%}
    {%- set wanted = wanted_files(consumer, resource) -%}
    {%- set known = "select path, file, plain_sha256" -%}
    {%- set query -%}
        select 1
        where
            exists (
                from ops.applied_columns
                where
                    {{ is_applied(consumer, resource) }}
                    and shape = {{ text_literal(shape(resource)) }}
            )
            and not exists ({{ known }} from ({{ wanted }}) except {{ known }} from ({{ applied }}))
            and not exists ({{ known }} from ({{ applied }}) except {{ known }} from ({{ wanted }}))
    {%- endset -%}
    {{ return(run_sql(query) | length > 0) }}
{%- endmacro %}

{% macro shape(resource) -%}
    {%- set columns = [] -%}
    {%- for column in staging_columns(resource, new_relation("ops", "widened_columns")) -%}
        {%- do columns.append(column.name ~ " " ~ column.type) -%}
    {%- endfor -%}
    {{ return(columns | join(", ")) }}
{%- endmacro %}

{% macro remember_columns(consumer, resource) -%}
    {%- do run_sql("delete from ops.applied_columns where " ~ is_applied(consumer, resource)) -%}
    {%- set remember -%}
        insert into ops.applied_columns
        select
            {{ text_literal(consumer) }},
            {{ text_literal(resource) }},
            {{ text_literal(shape(resource)) }}
    {%- endset -%}
    {%- do run_sql(remember) -%}
{%- endmacro %}
