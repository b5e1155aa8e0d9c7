{% for mart, grain in {
    'owner_absences': ['resource', 'guid', 'absent_from'],
    'account_balances_by_month': ['account_guid', 'month'],
    'net_worth_by_month': ['user_guid', 'month', 'currency_code'],
    'money_by_month': ['user_guid', 'month', 'category_guid', 'currency_code', 'status'],
    'connection_health': ['member_guid'],
    'active_users_by_day': ['day', 'product'],
    'changes_by_day': ['resource', 'day'],
}.items() %}
    select
        '{{ mart }}' as mart,
        'one row a grain' as rule,
        client_guid as whose
    from {{ ref(mart) }}
    group by client_guid, {{ grain | join(', ') }}
    having count(*) > 1
    {{ 'union all' if not loop.last }}
{% endfor %}
