{#- Without files to apply and with the columns of the last time there is nothing to do. What the
    columns are is told by their names and types in one text. -#}
{% macro is_up_to_date(consumer, resource, relation) -%}
    {%- if should_full_refresh() or not relation_exists(relation) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set files = "resource = " ~ text_literal(resource) -%}
    {%- set applied = files ~ " and consumer = " ~ text_literal(consumer) -%}
    {%- set columns = text_literal(shape(resource)) -%}
    {%- set query -%}
        select 1
        where
            exists (from ops.applied_columns where {{ applied }} and shape = {{ columns }})
            and not exists (
                select path, file, plain_sha256
                from {{ new_relation("ops", "landed_files") }}
                where {{ files }}
                except
                select path, file, plain_sha256 from ops.applied_files where {{ applied }}
            )
            and not exists (
                select path, file, plain_sha256 from ops.applied_files where {{ applied }}
                except
                select path, file, plain_sha256
                from {{ new_relation("ops", "landed_files") }}
                where {{ files }}
            )
    {%- endset -%}
    {{ return(run_query(query) | length > 0) }}
{%- endmacro %}

{% macro shape(resource) -%}
    {%- set columns = [] -%}
    {%- for column in staging_columns(resource, new_relation("ops", "widened_columns")) -%}
        {%- do columns.append(column.name ~ " " ~ column.type) -%}
    {%- endfor -%}
    {{ return(columns | join(", ")) }}
{%- endmacro %}

{% macro remember_columns(consumer, resource) -%}
    {%- set consumer, name = text_literal(consumer), text_literal(resource) -%}
    {%- set forget -%}
        delete from ops.applied_columns where consumer = {{ consumer }} and resource = {{ name }}
    {%- endset -%}
    {%- do run_query(forget) -%}
    {%- set columns = text_literal(shape(resource)) -%}
    {%- set remember -%}
        insert into ops.applied_columns values ({{ consumer }}, {{ name }}, {{ columns }})
    {%- endset -%}
    {%- do run_query(remember) -%}
{%- endmacro %}
