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
            cast(keys.guid as varchar) as guid,
            keys._snapshot_date,
            keys._source_file,
            keys._row_number
        from {{ keys }} as keys
        cross join (values {{ names | join(", ") }}) as consumers (consumer)
    {%- endset -%}
    {%- do run_sql(query) -%}
{%- endmacro %}

{#- For the hidden keys of a resource what is known of a key last counts. -#}
{% macro queue_hidden(resource, is_all) -%}
    {%- set consumer = text_literal("hidden_" ~ resource) -%}
    {%- set forget -%}
        delete from ops.touched_keys as keyed
        where consumer = {{ consumer }} and {{ is_touched() }}
    {%- endset -%}
    {%- do run_sql(forget) -%}
    {%- set query -%}
        insert into ops.touched_keys by name
        select
            {{ consumer }} as consumer,
            {{ text_literal(resource) }} as source,
            _client_guid,
            cast(guid as varchar) as guid,
            {%- if is_all %}
            null as is_hidden
            {%- else %}
            coalesce(bool_or(is_hidden), false) as is_hidden
            {%- endif %}
        from touched_keys
        group by _client_guid, guid
    {%- endset -%}
    {%- do run_sql(query) -%}
{%- endmacro %}

{% macro queued_keys(consumer, source) -%}
select
    _client_guid,
    guid,
    _snapshot_date,
    _source_file,
    _row_number
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

{#- Keys of a table's own resource that an earlier version of this project has queued: they say nothing
    of places, so the table is to be written whole. -#}
{% macro has_unplaced_keys(consumer, source) -%}
    {%- set query = queued_keys(consumer, source) ~ " and _source_file is null limit 1" -%}
    {{ return(run_sql(query) | length > 0) }}
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

{#- A place, a row of a file, is in a table once; to find it reads no key. -#}
{% macro is_at(places, date="_snapshot_date", file="_source_file", number="_row_number") -%}
exists (
    select 1
    from {{ places }} as places
    where
        places._snapshot_date = placed.{{ date }}
        and places._source_file = placed.{{ file }}
        and places._row_number = placed.{{ number }}
)
{%- endmacro %}

{% macro is_deleted_at(places) -%}
placed._source_file is null
and {{ is_at(places, "_snapshot_date_deleted", "_source_file_deleted", "_row_number_deleted") }}
{%- endmacro %}

{% macro delete_state_at(state, places) -%}
    {%- do run_sql("delete from " ~ state ~ " as placed where " ~ is_at(places)) -%}
    {%- do run_sql("delete from " ~ state ~ " as placed where " ~ is_deleted_at(places)) -%}
{%- endmacro %}

{% macro places_of_state(state) -%}
select
    _client_guid,
    cast(guid as varchar) as guid,
    coalesce(_snapshot_date, _snapshot_date_deleted) as _snapshot_date,
    coalesce(_source_file, _source_file_deleted) as _source_file,
    coalesce(_row_number, _row_number_deleted) as _row_number
from {{ state }} as state
{%- endmacro %}

{#- The rows of a table, which is called placed in the conditions, for which one of these holds. -#}
{% macro rows_where(relation, conditions) -%}
    {{ adapter.dispatch("rows_where", "mx")(relation, conditions) }}
{%- endmacro %}

{% macro default__rows_where(relation, conditions) -%}
select *
from {{ relation }} as placed
where ({{ conditions | join(") or (") }})
{%- endmacro %}

{% macro duckdb__rows_where(relation, conditions) -%}
select *
from {{ relation }}
where
    rowid in (
        {%- for condition in conditions %}
        select placed.rowid from {{ relation }} as placed where {{ condition }}
        {{ "union" if not loop.last }}
        {%- endfor %}
    )
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
