{#- A model says what its table holds, as a function of all that has landed. These keep the table so,
    writing only what has changed, so that a build may end anywhere and the next one goes on. -#}
{% materialization applied, default -%}
    {%- if is_up_to_date("state", this.identifier, this) -%}
        {{ return(leave()) }}
    {%- endif -%}
    {%- do begin() -%}
    {%- do apply_files(this.identifier) -%}
    {{ return(finish()) }}
{%- endmaterialization %}

{% materialization shown, default -%}
    {%- set has_state = "state_" ~ this.identifier in model.refs | map(attribute="name") -%}
    {%- set has_changed = not is_up_to_date("main", this.identifier, this) -%}
    {%- set owners = owners_of(model) -%}
    {%- if not has_changed and not has_keys_to_show(this.identifier, owners, has_state) -%}
        {{ return(leave()) }}
    {%- endif -%}
    {%- do begin() -%}
    {%- do show_rows(this.identifier, owners, has_changed, has_state) -%}
    {{ return(finish()) }}
{%- endmaterialization %}

{% materialization hidden, default -%}
    {%- set is_kept = relation_exists(this) and not should_full_refresh() -%}
    {%- if is_kept and not queued_sources(model.name) -%}
        {{ return(leave()) }}
    {%- endif -%}
    {%- do begin() -%}
    {%- do hide_keys(model.name[7:], this) -%}
    {{ return(finish()) }}
{%- endmaterialization %}

{#- dbt's own ways with views and tables, by renaming, take four times as long. -#}
{% materialization staged, default -%}
    {{ return(replace_relation("view")) }}
{%- endmaterialization %}

{% materialization made_anew, default -%}
    {{ return(replace_relation("table")) }}
{%- endmaterialization %}

{% macro replace_relation(type) -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement("main") -%}
        create or replace {{ type }} {{ this }} as {{ sql }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({"relations": [this.incorporate(type=type)]}) }}
{%- endmacro %}

{#- Rows are only ever added, but for those that the hook before takes away, to be read again. -#}
{% materialization grown, default -%}
    {%- if not keeps_rows() -%}
        {{ return(replace_relation("table")) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement("main") -%}
        insert into {{ this }} by name {{ sql }}
    {%- endcall -%}
    {{ return(finish()) }}
{%- endmaterialization %}

{% macro keeps_rows() -%}
    {{ return(relation_exists(this) and not should_full_refresh()) }}
{%- endmacro %}

{#- A statement, unlike run_sql, opens a transaction; dbt wants one that is called main. -#}
{% macro begin() -%}
    {%- call statement("main") -%} select 1 {%- endcall -%}
{%- endmacro %}

{% macro end_transaction() -%}
    {%- do adapter.commit() -%}
    {%- do begin() -%}
{%- endmacro %}

{% macro finish() -%}
    {%- do adapter.commit() -%}
    {{ return({"relations": [this.incorporate(type="table")]}) }}
{%- endmacro %}

{#- Nothing has changed that such a table follows from. -#}
{% macro leave() -%}
    {%- do store_raw_result("main", message="unchanged", code=none, rows_affected=none) -%}
    {{ return({"relations": [this.incorporate(type="table")]}) }}
{%- endmacro %}
