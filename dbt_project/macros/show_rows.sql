{#- Keep `main.<resource>`: of its keys those are written that its files touched or whose owner came
    or went, of its log the rows of new and changed files. -#}
{% macro show_rows(resource, owners, has_changed, has_state=true, is_keyed=true) -%}
    {%- set shown = new_relation("main", resource) -%}
    {%- set is_anew = has_state and has_unplaced_keys(resource, resource) -%}
    {%- set is_kept = true -%}
    {%- if has_changed or is_anew -%}
        {%- set is_kept = show_log(resource, shown, has_state, is_keyed, is_anew) -%}
    {%- endif -%}
    {%- if has_state -%}
        {%- do show_keys(resource, shown, owners, is_kept, has_found=not has_changed) -%}
    {%- elif is_keyed -%}
        {%- do show_log_keys(resource, shown, owners, has_changed) -%}
    {%- endif -%}
    {%- do take_keys(resource) -%}
{%- endmacro %}

{#- Returns whether the table's other rows are still there. -#}
{% macro show_log(resource, shown, has_state, is_keyed, is_anew) -%}
    {%- do find_files("main", resource) -%}
    {%- set is_kept = fit_table(shown, log_rows("fresh_rows")) and not is_anew -%}
    {%- if not is_kept -%}
        {%- do create_empty(shown, log_rows("fresh_rows")) -%}
        {%- do find_files("main", resource, anew=true) -%}
    {%- endif -%}
    {%- set is_log = "guid is null" if is_keyed else "true" -%}
    {%- for batch in fresh_batches() -%}
        {%- do read_batch(resource, batch) -%}
        {%- do delete_stale_rows(shown, condition=is_log) -%}
        {%- set rows = log_rows("fresh_rows", condition=is_log) -%}
        {%- do run_sql("insert into " ~ shown ~ " by name " ~ rows) -%}
        {%- if not has_state -%}
            {%- do count_misfits() -%}
        {%- endif -%}
        {%- do remember_batch("main", resource) -%}
    {%- endfor -%}
    {%- do remember_columns("main", resource) -%}
    {{ return(is_kept) }}
{%- endmacro %}

{#- Where no file of its log has changed, whoever asked whether there are keys to show has found them;
    where one has, rows of the log may have come to where rows of keys were. -#}
{% macro show_keys(resource, shown, owners, is_kept, has_found) -%}
    {%- set state = new_relation("state", resource) -%}
    {%- if not is_kept -%}
        {%- set all_keys -%}
            create or replace temp table touched_keys as
            select *, cast(null as boolean) as is_hidden
            from ({{ places_of_state(state) }} union {{ queued_keys(resource, resource) }})
        {%- endset -%}
        {%- do run_sql(all_keys) -%}
        {%- do write_shown(resource, shown, live_rows(state, hidden_relations(owners)), true) -%}
        {%- do note_all_written(shown) -%}
    {%- elif has_found or find_touched_and_owned_keys(resource, state, owners) -%}
        {%- set gone = is_at("touched_keys") ~ ("" if has_found else " and guid is not null") -%}
        {%- do run_sql("delete from " ~ shown ~ " as placed where " ~ gone) -%}
        {%- set visible = is_at("(select * from touched_keys where not is_hidden)") -%}
        {%- set rows = shown_columns("(" ~ rows_where(state, [visible]) ~ ")") -%}
        {%- do write_shown(resource, shown, rows, false) -%}
        {%- do note_written(shown, "touched_keys", has_places=true) -%}
    {%- endif -%}
{%- endmacro %}

{% macro write_shown(resource, shown, rows, is_all) -%}
    {%- do run_sql("insert into " ~ shown ~ " by name " ~ rows) -%}
    {%- if "model.mx.hidden_" ~ resource in graph.nodes -%}
        {%- do queue_hidden(resource, is_all) -%}
    {%- endif -%}
{%- endmacro %}

{#- Owners that came or went and own nothing here leave nothing to do. -#}
{% macro has_keys_to_show(resource, owners, has_state) -%}
    {%- if not has_state -%}
        {{ return(queued_sources(resource) | length > 0) }}
    {%- endif -%}
    {%- set state = new_relation("state", resource) -%}
    {{ return(find_touched_and_owned_keys(resource, state, owners)) }}
{%- endmacro %}

{#- The keys that the files have touched, and those whose owner has come or gone; whether there are
    any. -#}
{% macro find_touched_and_owned_keys(resource, state, owners) -%}
    {%- set sources = queued_sources(resource) -%}
    {%- if not sources -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set conditions = [] -%}
    {%- for column, owner in owners.items() if owner in sources -%}
        {%- do conditions.append(is_owned_by(queued_keys(resource, owner), column)) -%}
    {%- endfor -%}
    {%- if resource in sources or has_rows(state, conditions) -%}
        {%- do run_sql(touched_and_owned_keys(resource, state, owners, conditions)) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- do take_keys(resource) -%}
    {{ return(false) }}
{%- endmacro %}

{%- macro has_rows(relation, conditions) -%}
    {%- for condition in conditions -%}
        {%- set query = "select 1 from " ~ relation ~ " as placed where " ~ condition ~ " limit 1" -%}
        {%- if run_sql(query) | length -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}

{#- The rows of the state that are to be looked at, each with whether it is hidden, and where rows that
    are no longer there were. -#}
{% macro touched_and_owned_keys(resource, state, owners, is_owned) -%}
{%- set conditions = [is_at("queued"), is_deleted_at("queued")] + is_owned -%}
create or replace temp table touched_keys as
with queued as materialized (

    {{ queued_keys(resource, resource) }}

),

looked_at as materialized (

    select
        {%- for column in owners %}
        {{ column }},
        {%- endfor %}
        _client_guid,
        guid,
        _event_is_live,
        coalesce(_snapshot_date, _snapshot_date_deleted) as _snapshot_date,
        coalesce(_source_file, _source_file_deleted) as _source_file,
        coalesce(_row_number, _row_number_deleted) as _row_number
    from ({{ rows_where(state, conditions) }})

)

select
    _client_guid,
    cast(guid as varchar) as guid,
    _snapshot_date,
    _source_file,
    _row_number,
    not _event_is_live
    {%- for column, hidden in hidden_relations(owners).items() %}
    or {{ is_hidden("looked_at", column, hidden) }}
    {%- endfor %} as is_hidden
from looked_at
union all
select
    *,
    null as is_hidden
from queued
{%- endmacro %}

{% macro is_owned_by(owners, column) -%}
exists (
    select 1
    from ({{ owners }}) as owners
    where
        owners._client_guid = placed._client_guid
        and owners.guid = cast(placed.{{ column }} as varchar)
)
{%- endmacro %}

{#- Keys are not documented for logs, and logs keep no state: where rows have them, all are reduced
    again. -#}
{% macro show_log_keys(resource, shown, owners, has_changed) -%}
    {%- set keyed -%}
        select 1 from ops.applied_files
        where consumer = 'main' and has_keys and resource = {{ text_literal(resource) }}
    {%- endset -%}
    {%- if has_changed or queued_sources(resource) -%}
        {%- do run_sql("delete from " ~ shown ~ " where guid is not null") -%}
        {%- if run_sql(keyed ~ " limit 1") | length -%}
            {%- set events = reduce_events(new_relation("staging", "stg_" ~ resource)) -%}
            {%- set rows = live_rows("(" ~ events ~ ")", hidden_relations(owners)) -%}
            {%- do run_sql("insert into " ~ shown ~ " by name " ~ rows) -%}
            {%- do note_all_written(shown) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro hidden_relations(owners) -%}
    {%- set relations = {} -%}
    {%- for column, owner in owners.items() -%}
        {%- do relations.update({column: new_relation("ops", "hidden_" ~ owner)}) -%}
    {%- endfor -%}
    {{ return(relations) }}
{%- endmacro %}

{#- By what column a model's resource names its owners: what hides them is among its inputs. -#}
{% macro owners_of(model) -%}
    {%- set owners = {} -%}
    {%- for input in model.refs if input.name.startswith("hidden_") -%}
        {%- set owner = input.name[7:] -%}
        {%- do owners.update({owner.rstrip("s") ~ "_guid": owner}) -%}
    {%- endfor -%}
    {{ return(owners) }}
{%- endmacro %}
