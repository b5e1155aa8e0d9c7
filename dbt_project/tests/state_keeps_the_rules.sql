{% for resource in [
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
] %}
-- depends_on: {{ ref('state_' ~ resource) }}
{% endfor %}
{{ find_breaches('state', rules=breaches_of_state) }}
