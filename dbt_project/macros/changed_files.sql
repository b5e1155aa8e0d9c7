{#- The files of a resource, or of all, that are not as its last finished build took them. `is_landed`
    says that a file is there, and `has_rows` that rows of it are to come; where it is not there, rows
    of an earlier version are to go. -#}
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

{#- All files of a resource that have rows and can be read. -#}
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

{#- Whether a row is one of some files, or was decided by one of them. The days come first: engines
    skip parts of a table by them, as they do not by long texts that begin alike. -#}
{% macro is_of(files, which="", of="") -%}
    {%- if files -%}
    {{ of }}_snapshot_date{{ which }} in (
        {%- for day in files | map(attribute="day") | unique | sort -%}
        date '{{ day }}'{{ ", " if not loop.last }}
        {%- endfor -%}
    )
    and {{ of }}_source_file{{ which }} in ({{ texts(files | map(attribute="file") | unique | sort) }})
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}

{#- Before a resource's new rows come, the rows of every changed file go: of a file that was replaced
    or taken out, and of one that a build began to read and did not finish. -#}
{% macro delete_changed_rows() -%}
    {%- set resource = model.name | replace("stg_", "", 1) -%}
    {%- set files = changed_files(resource) -%}
    {%- if execute and files and load_relation(this) -%}
    delete from {{ this }} where {{ is_of(files) }}
    {%- endif -%}
{%- endmacro %}
