{#- What tables tell each other: keys of `source` that changed and that each of `consumers` has still
    to look at. Written with the change and taken away with what follows from it, so that a build that is
    cut off between the two loses nothing. -#}
{% macro queue_keys(consumers, source, keys) -%}
    {%- set names = [] -%}
    {%- for consumer in consumers -%}
        {%- do names.append("(" ~ text_literal(consumer) ~ ")") -%}
    {%- endfor -%}
    {%- set query -%}
        insert into ops.touched_keys by name
        select
            consumers.consumer,
            {{ text_literal(source) }} as source,
            keys._client_guid,
            cast(keys.guid as varchar) as guid
        from {{ keys }} as keys
        cross join (values {{ names | join(", ") }}) as consumers (consumer)
    {%- endset -%}
    {%- do run_sql(query) -%}
{%- endmacro %}

{% macro queued_keys(consumer, source) -%}
select
    _client_guid,
    guid
from ops.touched_keys
where consumer = {{ text_literal(consumer) }} and source = {{ text_literal(source) }}
{%- endmacro %}

{#- Of which sources there are keys to look at. -#}
{% macro queued_sources(consumer) -%}
    {%- set query -%}
        select distinct source from ops.touched_keys where consumer = {{ text_literal(consumer) }}
    {%- endset -%}
    {{ return(run_sql(query) | map("first") | list) }}
{%- endmacro %}

{% macro take_keys(consumer) -%}
    {%- do run_sql("delete from ops.touched_keys where consumer = " ~ text_literal(consumer)) -%}
{%- endmacro %}

{% macro touched_rows(relation) -%}
    {{ rows_with_keys(relation, "touched_keys") }}
{%- endmacro %}

{% macro rows_with_keys(relation, keys) -%}
    {{ adapter.dispatch("rows_with_keys", "mx")(relation, keys) }}
{%- endmacro %}

{% macro default__rows_with_keys(relation, keys) -%}
select *
from {{ relation }} as keyed
where {{ is_touched(keys) }}
{%- endmacro %}

{#- DuckDB reads all columns of all rows before it joins, but goes straight to rows by their numbers. -#}
{% macro duckdb__rows_with_keys(relation, keys) -%}
select *
from {{ relation }}
where rowid in (select keyed.rowid from {{ relation }} as keyed where {{ is_touched(keys) }})
{%- endmacro %}

{% macro delete_touched_rows(relation) -%}
    {%- do run_sql("delete from " ~ relation ~ " as keyed where " ~ is_touched()) -%}
{%- endmacro %}

{#- A text compares with itself: for new resources a key is of the type that landed. -#}
{% macro is_touched(keys="touched_keys") -%}
exists (
    select 1
    from {{ keys }} as touched
    where
        touched._client_guid = keyed._client_guid
        and cast(touched.guid as varchar) = cast(keyed.guid as varchar)
)
{%- endmacro %}

{% macro delete_stale_rows(relation, condition="true") -%}
    {%- set query -%}
        delete from {{ relation }}
        where {{ condition }} and _source_file in (select file from stale_files)
    {%- endset -%}
    {%- if has_stale_files() -%}
        {%- do run_sql(query) -%}
    {%- endif -%}
{%- endmacro %}
