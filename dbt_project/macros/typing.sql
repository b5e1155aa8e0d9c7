{#- A landed value as a value of its column's type, or null if it does not fit. It never fails. -#}
{% macro read_as(type, value, landed_type) -%}
    {%- if type.startswith("decimal") -%}
    {{ read_decimal(type, value, landed_type) }}
    {%- elif type == "date" -%}
    {{ read_date(value, landed_type) }}
    {%- elif type == "timestamptz" -%}
    {{ read_timestamp(value, landed_type) }}
    {%- elif type == "varchar" and (landed_type.endswith("[]") or landed_type.startswith(("struct(", "map("))) -%}
    {{ as_json(value) }}
    {%- elif type == "varchar" and landed_type in ("float", "double") -%}
    {{ double_as_text(value) }}
    {%- else -%}
    try_cast({{ value }} as {{ engine_type(type) }})
    {%- endif -%}
{%- endmacro %}

{#- Whether the complete text has a form. Spark's $ also matches before a line's end. -#}
{% macro matches(value, pattern) -%}
    regexp_extract({{ value }}, '^({{ pattern }})$', 1) = nullif({{ value }}, '')
{%- endmacro %}

{#- A double is rounded as it is written: 1.005 becomes 1.01, though its binary value is lower. -#}
{% macro read_decimal(type, value, landed_type) -%}
    {%- if landed_type == "varchar" -%}
    case
        when {{ matches(value, "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?") }}
            then try_cast({{ value }} as {{ type }})
    end
    {%- elif landed_type in ("float", "double") -%}
    try_cast({{ double_as_text(value) }} as {{ type }})
    {%- elif landed_type in ("integer", "bigint") or landed_type.startswith("decimal") -%}
    try_cast({{ value }} as {{ type }})
    {%- else -%}
    cast(null as {{ type }})
    {%- endif -%}
{%- endmacro %}

{#- MX documents one form of a date. Other forms would be guesses, so they count as misfits. -#}
{% macro read_date(value, landed_type) -%}
    {%- if landed_type == "varchar" -%}
    case
        when {{ matches(value, "[0-9]{4}-[0-9]{2}-[0-9]{2}") }} and {{ value }} >= '0001'
            then try_cast({{ value }} as date)
    end
    {%- else -%}
    cast(null as date)
    {%- endif -%}
{%- endmacro %}

{#- A timestamp from Unix time, as a number or text, or from ISO 8601. Without a zone it is UTC. -#}
{% macro read_timestamp(value, landed_type) -%}
    {%- set unix_time = from_epoch(read_decimal("decimal(24,6)", value, landed_type)) -%}
    {%- if landed_type == "varchar" -%}
    coalesce({{ unix_time }}, {{ from_iso(value) }})
    {%- elif landed_type in ("date", "timestamp", "timestamp_ns", "timestamptz_ns") -%}
    cast(cast({{ value }} as timestamp) as {{ engine_type("timestamptz") }})
    {%- else -%}
    {{ unix_time }}
    {%- endif -%}
{%- endmacro %}

{#- MX counts seconds. Larger numbers are milliseconds, and still larger ones microseconds. A value outside
    the years 1 to 9999 is a mistake. -#}
{% macro from_epoch(number) -%}
    {%- set microseconds -%}
        cast(
            {{ number }} * case
                when {{ number }} between -100000000000 and 100000000000 then 1000000
                when {{ number }} between -100000000000000 and 100000000000000 then 1000
                else 1
            end as bigint
        )
    {%- endset -%}
    {%- set is_plausible = microseconds ~ " between -62135596800000000 and 253402300799999999" -%}
    {{ moment_of("case when " ~ is_plausible ~ " then " ~ microseconds ~ " end") }}
{%- endmacro %}

{#- The first condition keeps a zone from moving a timestamp out of the years 1 to 9999. -#}
{% macro from_iso(text) -%}
    {%- set day = "[0-9]{4}-[0-9]{2}-[0-9]{2}" -%}
    {%- set clock = day ~ "[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?" -%}
    {%- set moment = engine_type("timestamptz") -%}
    case
        when not {{ text }} between '0001-01-02' and '9999-12-31'
            then null
        when {{ matches(text, clock ~ "(Z|[+-][01][0-9](:?[0-5][0-9])?)") }}
            then try_cast({{ text }} as {{ moment }})
        when {{ matches(text, clock) }}
            then try_cast(concat({{ text }}, 'Z') as {{ moment }})
        when {{ matches(text, day) }}
            then try_cast(concat({{ text }}, ' 00:00:00Z') as {{ moment }})
    end
{%- endmacro %}
