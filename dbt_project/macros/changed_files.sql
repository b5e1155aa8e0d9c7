{#- The files that differ from what the last finished build took, of one resource or of all. A file that
    is gone has `is_landed` false. `has_rows` says that rows of it can be read. -#}
{% macro changed_files(resource=none) -%}
    {%- set query -%}
        select
            changed.resource,
            changed.file,
            changed.path,
            changed.schema_id,
            cast(changed.snapshot_date as {{ dbt.type_string() }}) as day,
            changed.is_landed,
            changed.is_landed and changed.record_count > 0 and unreadable.path is null as has_rows
        from {{ ref("changed_files") }} as changed
        left outer join {{ ref("unreadable_files") }} as unreadable on changed.path = unreadable.path
        {%- if resource %}
        where changed.resource = {{ text_literal(resource) }}
        {%- endif %}
    {%- endset -%}
    {{ return(fetch(query)) }}
{%- endmacro %}

{#- All readable files of a resource that have rows. -#}
{% macro all_files(resource) -%}
    {%- set query -%}
        select path, schema_id
        from {{ ref("landed_files") }}
        where
            resource = {{ text_literal(resource) }}
            and record_count > 0
            and path not in (select path from {{ ref("unreadable_files") }})
    {%- endset -%}
    {{ return(fetch(query)) }}
{%- endmacro %}

{#- Whether a row came from one of some files. The days narrow the scan: engines skip parts of a table by
    dates, but not by long texts that begin alike. -#}
{% macro is_of(files, which="", of="") -%}
    {%- if files -%}
    {%- set days = files | map(attribute="day") | unique | sort | join("', date '") -%}
    {{ of }}_snapshot_date{{ which }} in (date '{{ days }}')
    and {{ of }}_source_file{{ which }} in ({{ texts(files | map(attribute="file") | unique | sort) }})
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}

{#- Delete the rows of changed files before new rows come: rows of files that were replaced or taken out,
    and rows that an interrupted build left. -#}
{% macro delete_changed_rows() -%}
    {%- set files = changed_files(model.name.removeprefix("stg_")) -%}
    {%- if execute and files and load_relation(this) -%}
    delete from {{ this }} where {{ is_of(files) }}
    {%- endif -%}
{%- endmacro %}
