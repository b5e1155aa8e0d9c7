{# each mart has one row a grain, and what came less what went is what is there #}
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
    union all
{% endfor %}
select
    'changes_by_day' as mart,
    'as many records as in state' as rule,
    client_guid as whose
from (
    {% for resource in ['accounts', 'members', 'transactions', 'users'] %}
        select
            '{{ resource }}' as resource,
            _client_guid as client_guid,
            count_if(_event_is_live) as records
        from {{ ref('state_' ~ resource) }}
        group by _client_guid
        union all
    {% endfor %}
    select
        resource,
        client_guid,
        -sum(created + first_seen + returned - deleted) as records
    from {{ ref('changes_by_day') }}
    where resource in ('accounts', 'members', 'transactions', 'users')
    group by resource, client_guid
)
group by client_guid, resource
having sum(records) <> 0
