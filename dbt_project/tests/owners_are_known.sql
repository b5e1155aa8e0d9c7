{# nothing is deleted for want of an owner: the feed has no baseline #}
{{ config(severity='warn') }}

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
] %}
-- depends_on: {{ ref(resource) }}
{% endfor %}
{{ find_breaches('main', rules=unknown_owners) }}
