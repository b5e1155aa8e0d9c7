{#- A model says what its table holds, as a function of all that has landed. These keep the table so,
    writing only what has changed, so that a build may end anywhere and the next one goes on. -#}
{% materialization applied, default -%}
    {%- do begin() -%}
    {%- do apply_files(this.identifier) -%}
    {{ return(finish()) }}
{%- endmaterialization %}

{% materialization shown, default -%}
    {%- do begin() -%}
    {%- set has_state = "state_" ~ this.identifier in model.refs | map(attribute="name") -%}
    {%- do show_rows(this.identifier, owners_of(model), has_state=has_state) -%}
    {{ return(finish()) }}
{%- endmaterialization %}

{% materialization hidden, default -%}
    {%- do begin() -%}
    {%- do hide_keys(model.name[7:], this) -%}
    {{ return(finish()) }}
{%- endmaterialization %}

{#- dbt's own way with a view, by renaming, takes four times as long. -#}
{% materialization staged, default -%}
    {%- do begin() -%}
    {%- do run_sql("create or replace view " ~ this ~ " as " ~ sql) -%}
    {%- do adapter.commit() -%}
    {{ return({"relations": [this.incorporate(type="view")]}) }}
{%- endmaterialization %}

{#- A statement, unlike run_query, opens a transaction; dbt wants one that is called main. -#}
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
