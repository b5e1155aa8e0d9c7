{#- A build leaves the views out: they read every transaction, and group by their grain. -#}
{% set grains = {
    'owner_absences': ['resource', 'guid', 'absent_from'],
    'account_balances_by_month': ['account_guid', 'month'],
    'net_worth_by_month': ['user_guid', 'month', 'currency_code'],
    'connection_health': ['member_guid'],
    'active_users_by_day': ['day', 'product'],
} %}
{% set grains_of_views = {
    'money_by_month': ['user_guid', 'month', 'category_guid', 'currency_code', 'status'],
    'changes_by_day': ['resource', 'day'],
} %}
-- depends_on: {{ ref('money_by_month') }}
-- depends_on: {{ ref('changes_by_day') }}
{% do grains.update(grains_of_views) if execute and flags.WHICH != 'build' %}
{% for mart, grain in grains.items() %}
    select
        '{{ mart }}' as mart,
        'one row a grain' as rule,
        client_guid as whose
    from {{ ref(mart) }}
    group by client_guid, {{ grain | join(', ') }}
    having count(*) > 1
    {{ 'union all' if not loop.last }}
{% endfor %}
