{#- A warehouse may be published while the last command that wrote to it is a `dbt build` of the whole
    project in which nothing failed. What begins to write takes the note away, and so does a test that
    finds fault. -#}
{% macro note_finished(results) -%}
    {%- if execute -%}
    {%- set bad = results | rejectattr("status", "in", ["success", "pass", "warn"]) | list -%}
    {%- if bad -%}
    {{ forget_finished() }}
    {%- elif flags.WHICH == "build" and not flags.EMPTY and not missing_nodes(results) -%}
    insert into ops.finished values ({{ text_literal(invocation_id) }}, now());
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro forget_finished() -%}
    delete from ops.built;
    delete from ops.finished;
{%- endmacro %}

{#- The models and tests of the project of which a command has no result. -#}
{% macro missing_nodes(results) -%}
    {%- set done = results | map(attribute="node.unique_id") | list -%}
    {%- set nodes = graph.nodes.values() | selectattr("resource_type", "in", ["model", "test"]) -%}
    {{ return(nodes | map(attribute="unique_id") | reject("in", done) | list) }}
{%- endmacro %}
