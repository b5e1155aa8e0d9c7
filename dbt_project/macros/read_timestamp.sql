{#- A moment: Unix time as a number or its text, or an ISO 8601 text; without a zone it is UTC. -#}
{% macro read_timestamp(value, landed_type) -%}
    {%- if landed_type in ("integer", "bigint") -%}
    {{ from_epoch("cast(" ~ value ~ " as bigint)") }}
    {%- elif landed_type in ("float", "double") or landed_type.startswith("decimal") -%}
    {{ from_epoch(read_decimal("decimal(24,6)", value, landed_type)) }}
    {%- elif landed_type == "varchar" -%}
    coalesce(
        {{ from_epoch(read_decimal("decimal(24,6)", value, landed_type)) }},
        {{ from_iso(value) }}
    )
    {%- elif landed_type in ("date", "timestamp", "timestamp_ns", "timestamptz_ns") -%}
    cast({{ value }} as timestamp) at time zone 'UTC'
    {%- else -%}
    cast(null as timestamptz)
    {%- endif -%}
{%- endmacro %}

{#- MX counts seconds; a number too large for them is milliseconds, and a larger one microseconds.
    Outside the years 1 to 9999 there are only mistakes. -#}
{% macro from_epoch(number) -%}
    make_timestamptz(
        case
            when {{ number }} between -62135596800 and 100000000000
                then cast({{ number }} * 1000000 as bigint)
            when
                {{ number }} between 100000000000 and 100000000000000
                or {{ number }} between -62135596800000 and -100000000001
                then cast({{ number }} * 1000 as bigint)
            when
                {{ number }} between 100000000000000 and 253402300799999999
                or {{ number }} between -62135596800000000 and -100000000000001
                then cast({{ number }} as bigint)
        end
    )
{%- endmacro %}

{#- The text is compared first, so that no zone moves a moment out of the years 1 to 9999. -#}
{% macro from_iso(text) -%}
    {%- set day = "[0-9]{4}-[0-9]{2}-[0-9]{2}" -%}
    {%- set clock = day ~ "[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?" -%}
    case
        when not {{ text }} between '0001-01-02' and '9999-12-31'
            then null
        when regexp_full_match({{ text }}, '{{ clock }}(Z|[+-][01][0-9](:?[0-5][0-9])?)')
            then try_cast({{ text }} as timestamptz)
        when regexp_full_match({{ text }}, '{{ clock }}')
            then try_cast(concat({{ text }}, 'Z') as timestamptz)
        when regexp_full_match({{ text }}, '{{ day }}')
            then try_cast(concat({{ text }}, ' 00:00:00Z') as timestamptz)
    end
{%- endmacro %}
