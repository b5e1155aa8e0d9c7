{{ config(materialized='view') }}

{% for resource in var('keyed_resources') %}
    select
        '{{ resource }}' as resource,
        count(*) as row_count
    from {{ ref('stg_' ~ resource) }}
    where guid is null and _event <> 'deleted'
    having count(*) > 0
    {{ 'union all' if not loop.last }}
{% endfor %}
