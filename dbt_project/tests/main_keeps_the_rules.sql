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
{{ find_breaches('main', rules=breaches_of_main, owners_matter=true) }}
