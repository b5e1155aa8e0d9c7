{#- Apply a keyed resource's new and changed files, a batch in a transaction: `deletes` and `history`
    hold its events, and the state of the keys that these files touch is made from them again. -#}
{% macro apply_files(resource) -%}
    {%- set history = new_relation("history", resource) -%}
    {%- set deletes = new_relation("deletes", resource) -%}
    {%- set state = new_relation("state", resource) -%}
    {%- if not is_up_to_date("state", resource, state) -%}
        {%- do find_files("state", resource) -%}
        {%- set fits = [
            fit_table(history, history_rows("fresh_rows", "fresh_versions")),
            fit_table(deletes, deleted_rows("fresh_rows")),
            fit_table(state, reduce_events("fresh_rows")),
        ] -%}
        {%- if not fits | min -%}
            {%- do rebuild_state(resource, history, deletes, state) -%}
        {%- endif -%}
        {%- for batch in fresh_batches() -%}
            {%- do read_batch(resource, batch) -%}
            {%- do touch_keys(history, deletes) -%}
            {%- do find_known_events(history, deletes) -%}
            {%- do take_state(state) -%}
            {%- do write_history(history, deletes) -%}
            {%- do write_state(history, deletes, state) -%}
            {%- do count_misfits() -%}
            {%- do queue_keys([resource], resource, "(" ~ touched_places() ~ ")") -%}
            {%- do note_written(state, "touched_keys") if fits | min -%}
            {%- do remember_batch("state", resource) -%}
            {%- do end_transaction() -%}
        {%- endfor -%}
        {%- do remember_columns("state", resource) -%}
    {%- endif -%}
{%- endmacro %}

{#- Values change with their type: 5 is 5.0 once it has been a double. So they are read again. -#}
{% macro rebuild_state(resource, history, deletes, state) -%}
    {%- if relation_exists(state) -%}
        {%- do queue_keys([resource], resource, "(" ~ places_of_state(state) ~ ")") -%}
    {%- endif -%}
    {%- do create_empty(history, history_rows("fresh_rows", "fresh_versions")) -%}
    {%- do create_empty(deletes, deleted_rows("fresh_rows")) -%}
    {%- do create_empty(state, reduce_events("fresh_rows")) -%}
    {%- do note_all_written(state) -%}
    {%- do find_files("state", resource, anew=true) -%}
{%- endmacro %}

{#- The keys of new rows, and of rows that the files which are gone or replaced had brought. -#}
{% macro touch_keys(history, deletes) -%}
    {%- set query -%}
        create or replace temp table touched_keys as
        select distinct _client_guid, guid
        from (
            select _client_guid, guid from fresh_rows where guid is not null
            {%- for events in [history, deletes] if has_stale_files() %}
            union all
            select _client_guid, guid from {{ events }}
            where _source_file in (select file from stale_files)
            {%- endfor %}
        )
    {%- endset -%}
    {%- do run_sql(query) -%}
{%- endmacro %}

{#- What the touched keys have been through before this batch. This is the one time that a build looks
    for keys in a table: after it rows are found by their places. -#}
{% macro find_known_events(history, deletes) -%}
    {%- set narrow = "_client_guid, guid, _event, _snapshot_date, _row_number, _source_file" -%}
    {%- set query -%}
        create or replace temp table known_events as
        select {{ narrow }}, _version from {{ history }} as keyed where {{ is_touched() }}
        union all
        select {{ narrow }}, null as _version from {{ deletes }} as keyed where {{ is_touched() }}
    {%- endset -%}
    {%- do run_sql(query) -%}
{%- endmacro %}

{#- The state of a key lies at the place of its last version, that of a key which has none at the place
    of a delete. -#}
{% macro take_state(state) -%}
    {%- set places -%}
        create or replace temp table known_places as
        select _client_guid, guid, _snapshot_date, _source_file, _row_number
        from known_events
        qualify _event = 'deleted' or _version = max(_version) over (partition by _client_guid, guid)
    {%- endset -%}
    {%- do run_sql(places) -%}
    {%- set at_known = [is_at("known_places"), is_deleted_at("known_places")] -%}
    {%- set rows -%}
        create or replace temp table taken_state as
        {{ places_of_state("(" ~ rows_where(state, at_known) ~ ")") }}
    {%- endset -%}
    {%- do run_sql(rows) -%}
    {%- do delete_state_at(state, "taken_state") -%}
{%- endmacro %}

{#- Where the touched keys' state was and is; of a key without a version all its deletes will do. -#}
{% macro touched_places() -%}
select _client_guid, guid, _snapshot_date, _source_file, _row_number from taken_state
union
select _client_guid, cast(guid as varchar) as guid, valid_from, _source_file, _row_number
from fresh_versions
where is_last
union
select _client_guid, cast(guid as varchar) as guid, _snapshot_date, _source_file, _row_number
from touched_deletes
{%- endmacro %}

{% macro write_history(history, deletes) -%}
    {%- set versions = number_versions("known_events", "fresh_rows") -%}
    {%- for events in [history, deletes] -%}
        {%- do delete_stale_rows(events) -%}
    {%- endfor -%}
    {%- do run_sql("insert into " ~ deletes ~ " by name " ~ deleted_rows("fresh_rows")) -%}
    {%- do run_sql("create or replace temp table fresh_versions as " ~ versions) -%}
    {%- set renumber -%}
        update {{ history }} as history
        set
            _version = versions._version,
            valid_to = versions.valid_to,
            is_current = versions.valid_to is null
        from fresh_versions as versions
        where
            history.valid_from = versions.valid_from
            and history._source_file = versions._source_file
            and history._row_number = versions._row_number
            and (
                history._version <> versions._version
                or history.valid_to is distinct from versions.valid_to
            )
    {%- endset -%}
    {%- do run_sql(renumber) -%}
    {%- set rows = history_rows("fresh_rows", "fresh_versions") -%}
    {%- do run_sql("insert into " ~ history ~ " by name " ~ rows) -%}
{%- endmacro %}

{#- Of a touched key its last version and its deletes are all that its state is made from. -#}
{% macro write_state(history, deletes, state) -%}
    {%- set events -%}
        create or replace temp table touched_deletes as
        select * from {{ deletes }}
        semi join touched_keys using (_client_guid, guid)
    {%- endset -%}
    {%- do run_sql(events) -%}
    {%- set rows -%}
        with latest_values as (

            select history.* {{ exclude(["_version", "valid_from", "valid_to", "is_current"]) }}
            from {{ history }} as history
            semi join (from fresh_versions where is_last) as versions
                on
                    history.valid_from = versions.valid_from
                    and history._source_file = versions._source_file
                    and history._row_number = versions._row_number

        ),

        {{ latest_deletes("touched_deletes") }}

        {{ states() }}
    {%- endset -%}
    {%- do run_sql("insert into " ~ state ~ " by name " ~ rows) -%}
{%- endmacro %}
