{#- Staging, state, history and main of each resource that has landed and has no model yet, by the
    macros and by increments that build the others. One that cannot be built is left out. -#}
{% macro build_new_resources() -%}
    {%- for new in fetch("select resource from " ~ this) | sort(attribute="resource") -%}
        {%- set problem = build_new_resource(new.resource) -%}
        {{ print("new resource " ~ new.resource ~ " left out: " ~ problem) if problem }}
    {%- endfor -%}
{%- endmacro %}

{#- Each step is written when the one before it is done, since it asks for the columns of its table. -#}
{% macro build_new_resource(resource) -%}
    {%- set staging = new_relation("staging", "stg_" ~ resource, "table") -%}
    {%- set columns = staging_columns(resource) | map(attribute="key") | list -%}
    {%- set unreadable = fetch(
        "select path from " ~ ref("unreadable_files") ~ " where resource = " ~ text_literal(resource)
    ) -%}
    {%- set kept = staging if keeps_its_table(resource, staging, columns) else none -%}
    {%- set found = namespace(problem=unreadable[0].path ~ " cannot be read" if unreadable else "") -%}
    {%- for step in (stage_new, reduce_new, show_new) if not found.problem -%}
        {#- asking for columns has begun a transaction, which would not see what the step before did -#}
        {%- do adapter.commit() -%}
        {%- set found.problem = run_together(step(resource, staging, kept, columns)) -%}
    {%- endfor -%}
    {%- set found.problem = found.problem or run_together(applied_statements(resource)) -%}
    {{ return(found.problem) }}
{%- endmacro %}

{#- A new column, too, makes the tables of a resource without models anew. -#}
{% macro keeps_its_table(resource, staging, columns) -%}
    {%- if flags.FULL_REFRESH or not load_relation(staging) or needs_rebuild(resource) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set known = adapter.get_columns_in_relation(staging) | map(attribute="name") | map("lower") | list -%}
    {{ return(columns | reject("in", known) | list == []) }}
{%- endmacro %}

{% macro stage_new(resource, staging, kept, columns) -%}
    {%- if not kept -%}
        {{ return([create_table(staging) ~ stage(resource)]) }}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for column in adapter.get_columns_in_relation(staging) -%}
        {%- do names.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {%- set names, rows = names | join(", "), stage(resource, known=staging) -%}
    {{
        return([
            "delete from " ~ staging ~ " where " ~ is_of(changed_files(resource)),
            "insert into " ~ staging ~ " (" ~ names ~ ") select " ~ names ~ " from (" ~ rows ~ ") as new_rows",
        ])
    }}
{%- endmacro %}

{% macro reduce_new(resource, staging, kept, columns) -%}
    {%- set state = new_relation("state", resource, "table") -%}
    {%- if "guid" not in columns -%}
        {{ return([]) }}
    {%- elif not (kept and load_relation(state)) -%}
        {{ return([create_table(state) ~ reduce_events(staging)]) }}
    {%- endif -%}
    {%- set rows = reduce_events(staging, known=state, resource=resource) -%}
    {%- set is_same_key -%}
        known._client_guid = changed._client_guid and known.guid = changed.guid
    {%- endset -%}
    {{
        return([
            "merge into " ~ state ~ " as known using (" ~ rows ~ ") as changed on " ~ is_same_key
            ~ " when matched then update set * when not matched then insert *",
            delete_withdrawn_keys(state),
        ])
    }}
{%- endmacro %}

{% macro show_new(resource, staging, kept, columns) -%}
    {%- set main = new_relation("main", resource) -%}
    {%- if "guid" not in columns -%}
        {{ return(["create or replace view " ~ main ~ " as " ~ log_rows(staging, has_keys=false)]) }}
    {%- endif -%}
    {%- set history = new_relation("history", resource) -%}
    {{
        return([
            "create or replace view " ~ history ~ " as " ~ number_versions(staging),
            "create or replace view " ~ main ~ " as " ~ live_rows(resource, staging, columns),
        ])
    }}
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
