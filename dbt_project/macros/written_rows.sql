{#- What a build has written is what its tests look at: the rest they have seen before. Keys are noted
    for each table; of one that was made anew, by a null key, that it is all new. -#}
{% macro note_written(relation, keys) -%}
    {%- set query -%}
        insert into ops.written_keys by name
        select
            {{ text_literal(relation.schema ~ "." ~ relation.identifier) }} as relation,
            _client_guid,
            cast(guid as varchar) as guid
        from {{ keys }}
    {%- endset -%}
    {%- do run_query(query) -%}
{%- endmacro %}

{% macro note_all_written(relation) -%}
    {%- do note_written(relation, "(select null as _client_guid, null as guid)") -%}
{%- endmacro %}

{% macro written_keys(relation) -%}
(
    select * from ops.written_keys
    where relation = {{ text_literal(relation.schema ~ "." ~ relation.identifier) }}
)
{%- endmacro %}

{#- Rows with a key that this build has written to a table, or the whole table where all is new or
    nothing is known of what is. -#}
{% macro written_rows(relation, rows=none) -%}
    {%- set rows = rows or relation -%}
    {%- if is_all_written(relation) -%}
select * from {{ rows }} where guid is not null
    {%- else -%}
{{ rows_with_keys(rows, written_keys(relation)) }}
    {%- endif -%}
{%- endmacro %}

{% macro is_all_written(relation) -%}
    {%- if execute and flags.WHICH == "build" -%}
    {%- set query = "select 1 from " ~ written_keys(relation) ~ " where guid is null limit 1" -%}
    {{ return(run_query(query) | length > 0) }}
    {%- endif -%}
    {{ return(true) }}
{%- endmacro %}

{#- Rows without a key, of the files that this build has read. -#}
{% macro written_log_rows(relation) -%}
select * from {{ relation }}
where
    guid is null
    {%- if flags.WHICH == "build" %}
    and _source_file in (
        select file from ops.applied_files where invocation_id = {{ text_literal(invocation_id) }}
    )
    {%- endif %}
{%- endmacro %}
