{# counted with each batch of files, so the last of them is to come first #}
{% for resource in [
    'accounts',
    'analytics_events',
    'analytics_pageviews',
    'analytics_screenviews',
    'analytics_timed_events',
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
] %}
-- depends_on: {{ ref(resource) }}
{% endfor %}
-- depends_on: {{ ref('new_resources') }}

select
    _source_file,
    column_name,
    row_count
from ops.counted_misfits
