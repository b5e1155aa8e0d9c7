{% for resource in var('keyed_resources') %}
    select
        '{{ resource }}' as resource,
        count(*) as row_count
    from {{ ref(resource) }}
    where guid is null
    having count(*) > 0
    {{ 'union all' if not loop.last }}
{% endfor %}
