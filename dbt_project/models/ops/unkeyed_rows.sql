{%- set resources = [
    'accounts',
    'beat',
    'beat_feedback',
    'budgets',
    'categories',
    'devices',
    'discovered_accounts',
    'discovered_transactions',
    'goals',
    'holdings',
    'insights',
    'members',
    'notification_profiles',
    'taggings',
    'tags',
    'transactions',
    'user_communication_profiles',
    'users',
] -%}
{% for resource in resources %}
    select
        '{{ resource }}' as resource,
        count(*) as row_count
    from {{ ref(resource) }}
    where guid is null
    having count(*) > 0
    {{ 'union all' if not loop.last }}
{% endfor %}
