{#- What a table has still to apply: `fresh_files` and their rows, and `stale_files`, whose rows are
    to go. A file is known by its place, its name and its bytes. -#}
{% macro find_files(consumer, resource) -%}
    {%- set is_resource = "where resource = " ~ text_literal(resource) -%}
    {%- set applied = "(from ops.applied_files " ~ is_resource ~ " and consumer = "
        ~ text_literal(consumer) ~ ")" -%}
    {%- set landed = "(from " ~ new_relation("ops", "landed_files") ~ " " ~ is_resource ~ ")" -%}
    {%- for name, some, others in [
        ("fresh_files", landed, applied), ("stale_files", applied, landed)
    ] -%}
        {%- set query -%}
            create or replace temp table {{ name }} as
            from {{ some }} anti join {{ others }} using (path, file, plain_sha256)
        {%- endset -%}
        {%- do run_query(query) -%}
    {%- endfor -%}
    {%- set columns = new_relation("ops", "landed_columns") -%}
    {%- set widened = new_relation("ops", "widened_columns") -%}
    {%- set rows = stage(resource, "fresh_files", columns, widened) -%}
    {%- do run_query("create or replace temp view fresh_rows as " ~ rows) -%}
    {%- do run_query("create or replace temp table fresh_versions as " ~ no_versions()) -%}
{%- endmacro %}

{% macro no_versions() -%}
select
    cast(null as varchar) as _source_file,
    cast(null as bigint) as _row_number,
    cast(null as bigint) as _version,
    cast(null as date) as valid_to
where false
{%- endmacro %}

{#- Whether a file has rows with a key is known without reading it again. -#}
{% macro remember_files(consumer, resource, has_keys=true) -%}
    {%- set forget -%}
        delete from ops.applied_files
        where
            resource = {{ text_literal(resource) }}
            and consumer = {{ text_literal(consumer) }}
            and file in (select file from stale_files)
    {%- endset -%}
    {%- do run_query(forget) -%}
    {%- set keyed = "select _source_file from fresh_rows where guid is not null" -%}
    {%- set remember -%}
        insert into ops.applied_files by name
        select
            {{ text_literal(consumer) }} as consumer,
            resource,
            path,
            file,
            plain_sha256,
            {{ "file in (" ~ keyed ~ ")" if has_keys else "false" }} as has_keys
        from fresh_files
    {%- endset -%}
    {%- do run_query(remember) -%}
    {%- do remember_columns(consumer, resource) -%}
{%- endmacro %}

{% macro forget_files(consumer, resource) -%}
    {%- set query -%}
        delete from ops.applied_files
        where
            resource = {{ text_literal(resource) }}
            and consumer = {{ text_literal(consumer) }}
    {%- endset -%}
    {%- do run_query(query) -%}
{%- endmacro %}
