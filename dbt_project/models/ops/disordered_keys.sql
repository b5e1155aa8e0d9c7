{{ config(materialized='view') }}

{% for resource in var('keyed_resources') %}
    select
        '{{ resource }}' as resource,
        count(*) as key_count
    from {{ ref('state_' ~ resource) }}
    where _event_is_disordered
    having count(*) > 0
    {{ 'union all' if not loop.last }}
{% endfor %}
