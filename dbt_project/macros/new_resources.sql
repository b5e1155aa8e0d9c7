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
    {%- set is_kept = load_relation(staging) and not (flags.FULL_REFRESH or needs_rebuild(resource)) -%}
    {%- set kept = staging if is_kept else none -%}
    {%- set found = namespace(problem=unreadable[0].path ~ " cannot be read" if unreadable else "") -%}
    {%- for step in (stage_new, reduce_new, show_new) if not found.problem -%}
        {#- asking for columns has begun a transaction, which would not see what the step before did -#}
        {%- do adapter.commit() -%}
        {%- set found.problem = run_together(step(resource, staging, kept, columns)) -%}
    {%- endfor -%}
    {%- set found.problem = found.problem or run_together(applied_statements(resource)) -%}
    {{ return(found.problem) }}
{%- endmacro %}

{% macro stage_new(resource, staging, kept, columns) -%}
    {%- if not kept -%}
        {{ return([create_table(staging) ~ stage(resource)]) }}
    {%- endif -%}
    {%- set statements = ["delete from " ~ staging ~ " where " ~ is_of(changed_files(resource))] -%}
    {%- set known = adapter.get_columns_in_relation(staging) | map(attribute="name") | list -%}
    {%- for column in staging_columns(resource) if column.name not in known -%}
        {%- do statements.append(add_column(staging, column.name, engine_type(column.type))) -%}
        {%- do known.append(column.name) -%}
    {%- endfor -%}
    {%- set rows = stage(resource, known=staging) -%}
    {{ return(statements + [insert_columns(staging, known, rows)]) }}
{%- endmacro %}

{% macro reduce_new(resource, staging, kept, columns) -%}
    {%- set state = new_relation("state", resource, "table") -%}
    {%- set changes = new_relation("state", resource ~ "__changes", "table") -%}
    {%- if "guid" not in columns -%}
        {{ return([]) }}
    {%- elif not (kept and load_relation(state)) -%}
        {{ return([create_table(state) ~ reduce_events(staging)]) }}
    {%- endif -%}
    {%- set rows = reduce_events(staging, known=state, resource=resource) -%}
    {%- set known = adapter.get_columns_in_relation(state) | map(attribute="name") | list -%}
    {%- set statements = [create_table(changes) ~ rows] -%}
    {%- for column in adapter.get_columns_in_relation(staging)
            if column.name not in known + ["_resource", "_event_misfits"] -%}
        {%- do statements.append(add_column(state, column.name, column.dtype)) -%}
        {%- do known.append(column.name) -%}
    {%- endfor -%}
    {%- do statements.append(
        "merge into " ~ state ~ " as known using " ~ changes ~ " as changes on "
        ~ "known._client_guid = changes._client_guid and known.guid = changes.guid "
        ~ "when matched then delete"
    ) -%}
    {%- do statements.append(insert_columns(state, known, "select * from " ~ changes)) -%}
    {{ return(statements + [delete_withdrawn_keys(state), "drop table " ~ changes]) }}
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

{#- What the models in `models/current` say of resources that belong to users. -#}
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

{% macro add_column(relation, name, type) -%}
    {{ return(adapter.dispatch("add_column", "mx")(relation, adapter.quote(name), type)) }}
{%- endmacro %}

{% macro default__add_column(relation, name, type) -%}
    {{ return("alter table " ~ relation ~ " add column " ~ name ~ " " ~ type) }}
{%- endmacro %}

{% macro create_table(relation) -%}
    {{ "create or replace table " ~ relation ~ " " ~ table_format() ~ " as " }}
{%- endmacro %}

{% macro insert_columns(relation, names, rows) -%}
    {%- set columns = [] -%}
    {%- for name in names -%}
        {%- do columns.append(adapter.quote(name)) -%}
    {%- endfor -%}
    {%- set columns = columns | join(", ") -%}
    insert into {{ relation }} ({{ columns }}) select {{ columns }} from ({{ rows }}) as new_rows
{%- endmacro %}
