{#- Build staging, state, history and main of each landed resource that has no model yet. A resource that
    cannot be built is left out. -#}
{% macro build_new_resources() -%}
    {%- for new in fetch("select resource from " ~ this) | sort(attribute="resource") -%}
        {%- set problem = build_new_resource(new.resource) -%}
        {{ print("new resource " ~ new.resource ~ " left out: " ~ problem) if problem }}
    {%- endfor -%}
{%- endmacro %}

{#- Build one resource, and return why that failed. Each step runs before the next step's SQL is written,
    which asks for the columns of its table. -#}
{% macro build_new_resource(resource) -%}
    {%- set staging = new_relation("staging", "stg_" ~ resource, "table") -%}
    {%- set columns = staging_columns(resource) | map(attribute="key") | list -%}
    {%- set unreadable = fetch(
        "select path from " ~ ref("unreadable_files") ~ " where resource = " ~ text_literal(resource)
    ) -%}
    {#- a new column also rebuilds the tables -#}
    {%- set is_due = flags.FULL_REFRESH or resources_to_rebuild([resource]) != [] -%}
    {%- set is_kept = load_relation(staging) and not is_due
        and columns | reject("in", column_names(staging)) | list == [] -%}
    {%- set found = namespace(problem=unreadable[0].path ~ " cannot be read" if unreadable else "") -%}
    {%- for step in (stage_new, reduce_new, show_new) if not found.problem -%}
        {#- asking for columns began a transaction, which would not see what the last step did -#}
        {%- do adapter.commit() -%}
        {%- set found.problem = run_together(step(resource, staging, is_kept, columns)) -%}
    {%- endfor -%}
    {{ return(found.problem or run_together(applied_statements([resource]))) }}
{%- endmacro %}

{% macro stage_new(resource, staging, is_kept, columns) -%}
    {%- if not is_kept -%}
        {{ return([create_table(staging) ~ stage(resource)]) }}
    {%- endif -%}
    {{ return([
        "delete from " ~ staging ~ " where " ~ is_of(changed_files(resource)),
        "insert into " ~ staging ~ " by name " ~ stage(resource, is_increment=true),
    ]) }}
{%- endmacro %}

{% macro reduce_new(resource, staging, is_kept, columns) -%}
    {%- set state = new_relation("state", resource, "table") -%}
    {%- if "guid" not in columns -%}
        {{ return([]) }}
    {%- elif not (is_kept and load_relation(state)) -%}
        {{ return([create_table(state) ~ reduce_events(staging)]) }}
    {%- endif -%}
    {{ return([
        "merge into " ~ state ~ " as known"
        ~ " using (" ~ reduce_events(staging, known=state) ~ ") as changed"
        ~ " on known._client_guid = changed._client_guid and known.guid = changed.guid"
        ~ " when matched then update set * when not matched then insert *",
        delete_withdrawn_keys(state),
    ]) }}
{%- endmacro %}

{% macro show_new(resource, staging, is_kept, columns) -%}
    {%- set show = "create or replace view " ~ new_relation("main", resource) ~ " as " -%}
    {%- if "guid" not in columns -%}
        {{ return([show ~ log_rows(staging, has_keys=false)]) }}
    {%- endif -%}
    {{ return([
        "create or replace view " ~ new_relation("history", resource) ~ " as " ~ number_versions(staging),
        show ~ live_rows(resource, staging, columns),
    ]) }}
{%- endmacro %}

{#- The same query as `models/current` has for a resource that belongs to users. -#}
{% macro live_rows(resource, staging, columns) -%}
{%- set state = new_relation("state", resource) -%}
select {{ shown_columns("live", state, is_state=true) }}
from {{ state }} as live
where
    live._event_is_live
    {%- if "user_guid" in columns %}
    and not exists (
        select 1
        from {{ ref("hidden_users") }} as hidden
        where
            hidden._client_guid = live._client_guid
            and hidden.guid = cast(live.user_guid as {{ dbt.type_string() }})
    )
    {%- endif %}
union all
{{ log_rows(staging) }}
{%- endmacro %}

{% macro create_table(relation) -%}
    {{ "create or replace table " ~ relation ~ " " ~ table_format() ~ " as " }}
{%- endmacro %}
