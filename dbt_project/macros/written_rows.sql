{#- What a build has written is what its tests look at: the rest they have seen before. Keys are noted
    for each table; of one that was made anew, by a null key, that it is all new. They are forgotten
    when the test of their schema has passed, so the test of what a build wrote that was cut off or
    broke a rule comes with the next one. -#}
{% macro note_written(relation, keys, has_places=false) -%}
    {%- set query -%}
        insert into ops.written_keys by name
        select distinct
            {{ text_literal(relation.schema ~ "." ~ relation.identifier) }} as relation,
            _client_guid,
            cast(guid as varchar) as guid
            {%- if has_places %},
            _snapshot_date,
            _source_file,
            _row_number
            {%- endif %}
        from {{ keys }}
    {%- endset -%}
    {%- do run_sql(query) -%}
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
{% macro written_rows(relation, is_all, rows=none) -%}
    {%- set rows = rows or relation -%}
    {%- if is_all -%}
select * from {{ rows }} where guid is not null
    {%- else -%}
{{ rows_with_keys(rows, written_keys(relation)) }}
    {%- endif -%}
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

{#- The tables to which anything was written, a log's rows included, and whether all of it is new. -#}
{% macro written_tables() -%}
    {%- set query -%}
        select
            relation,
            bool_or(is_all)
        from (
            select
                relation,
                guid is null as is_all
            from ops.written_keys
            union all
            select
                concat('main.', resource) as relation,
                false as is_all
            from ops.applied_files
            where invocation_id = {{ text_literal(invocation_id) }}
        )
        group by relation
    {%- endset -%}
    {{ return(dict(run_sql(query))) }}
{%- endmacro %}

{% macro forget_written(results) -%}
    {%- for result in results if result.status == "pass" -%}
        {%- if result.node.name in ("state_keeps_the_rules", "main_keeps_the_rules") -%}
            {%- set schema = result.node.name.split("_")[0] -%}
            delete from ops.written_keys where relation like '{{ schema }}.%';
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
