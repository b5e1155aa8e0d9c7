{#- Without files to apply and with the columns of the last time there is nothing to do. What the
    columns are is told by their names and types in one text. -#}
{% macro is_up_to_date(consumer, resource, relation) -%}
    {%- if should_full_refresh() or not relation_exists(relation) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set shapes -%}
        select concat(consumer, ' ', resource), shape from ops.applied_columns
    {%- endset -%}
    {%- set applied = asked_once("applied columns", shapes).get(consumer ~ " " ~ resource) -%}
    {{ return(applied == shape(resource) and not has_changed_files(consumer, resource)) }}
{%- endmacro %}

{#- What `main` is to apply of a resource is known when its state has been written. -#}
{% macro has_changed_files(consumer, resource) -%}
    {%- if consumer == "main" and resource in changed_resources("state") -%}
        {{ return(run_sql(files_that_differ(consumer, resource)) | length > 0) }}
    {%- endif -%}
    {{ return(resource in changed_resources(consumer)) }}
{%- endmacro %}

{% macro changed_resources(consumer) -%}
    {{ return(asked_once("changed for " ~ consumer, files_that_differ(consumer))) }}
{%- endmacro %}

{% macro files_that_differ(consumer, resource=none) -%}
with differing as (

    (
        select resource, path, file, plain_sha256 from ({{ wanted_files(consumer, resource) }})
        except
        select resource, path, file, plain_sha256 from ({{ applied_files(consumer, resource) }})
    )
    union all
    (
        select resource, path, file, plain_sha256 from ({{ applied_files(consumer, resource) }})
        except
        select resource, path, file, plain_sha256 from ({{ wanted_files(consumer, resource) }})
    )

)

select
    resource,
    count(*)
from differing
group by resource
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
