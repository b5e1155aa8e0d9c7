{#- The files that differ from what the last finished build took, of one resource or of all. A file that
    is gone has `is_landed` false. -#}
{% macro changed_files(resource=none) -%}
    {%- set query -%}
        select
            resource,
            file,
            cast(snapshot_date as {{ dbt.type_string() }}) as day,
            is_landed
        from {{ ref("changed_files") }}
        {%- if resource %}
        where resource = {{ text_literal(resource) }}
        {%- endif %}
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
