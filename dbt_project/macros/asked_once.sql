{#- What a query of two columns says by its first one, asked once in a run. Every node has the same
    `graph`, the only place in which one can leave word for the next; where it were a copy, each would
    ask. -#}
{% macro asked_once(name, query) -%}
    {%- set known = graph.setdefault("asked in " ~ invocation_id, {}) -%}
    {%- if name not in known -%}
        {%- do known.update({name: dict(run_sql(query))}) -%}
    {%- endif -%}
    {{ return(known[name]) }}
{%- endmacro %}
