{#- A landed value as a value of the column's type: null where it does not fit, never an error. -#}
{% macro read_as(type, value, landed_type) -%}
    {{ adapter.dispatch("read_as", "mx")(type, value, landed_type) }}
{%- endmacro %}

{% macro duckdb__read_as(type, value, landed_type) -%}
    {%- if type.startswith("decimal") -%}
    {{ read_decimal(type, value, landed_type) }}
    {%- elif type == "date" -%}
    {{ read_date(value, landed_type) }}
    {%- elif type == "timestamptz" -%}
    {{ read_timestamp(value, landed_type) }}
    {%- elif type == "varchar" and (landed_type[-2:] == "[]" or "(" in landed_type
        and not landed_type.startswith("decimal")) -%}
    cast(to_json({{ value }}) as varchar)
    {%- else -%}
    cast({{ value }} as {{ type }})
    {%- endif -%}
{%- endmacro %}

{#- A double is rounded as it is written: 1.005 is 1.01, though the double lies below. -#}
{% macro read_decimal(type, value, landed_type) -%}
    {%- if landed_type == "varchar" -%}
    case
        when regexp_full_match({{ value }}, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?')
            then try_cast({{ value }} as {{ type }})
    end
    {%- elif landed_type in ("float", "double") -%}
    try_cast(cast({{ value }} as varchar) as {{ type }})
    {%- elif landed_type in ("integer", "bigint") or landed_type.startswith("decimal") -%}
    try_cast({{ value }} as {{ type }})
    {%- else -%}
    cast(null as {{ type }})
    {%- endif -%}
{%- endmacro %}

{#- Other forms of a date than MX documents are left to be counted: they are guesses. -#}
{% macro read_date(value, landed_type) -%}
    {%- if landed_type == "varchar" -%}
    case
        when regexp_full_match({{ value }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') and {{ value }} >= '0001'
            then try_cast({{ value }} as date)
    end
    {%- else -%}
    cast(null as date)
    {%- endif -%}
{%- endmacro %}
