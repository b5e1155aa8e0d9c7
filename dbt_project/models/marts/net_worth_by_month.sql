{% set assets = "('CASH', 'CHECKING', 'INVESTMENT', 'PREPAID', 'PROPERTY', 'SAVINGS')" %}
{% set debts = [
    "'CHECKING_LINE_OF_CREDIT'", "'CREDIT_CARD'", "'LINE_OF_CREDIT'", "'LOAN'", "'MORTGAGE'"
] | join(", ") %}
with accounts as (

    select
        *,
        not is_closed and balance is not null as has_balance,
        case
            when account_type in {{ assets }} then 'asset'
            when account_type in ({{ debts }}) then 'debt'
            else 'other'
        end as side
    from {{ ref('account_balances_by_month') }}

),

summed as (

    select
        client_guid,
        user_guid,
        month,
        currency_code,
        {% for name, is_counted in {
            'assets': "side = 'asset'",
            'debts': "side = 'debt'",
            'other_balances': "side = 'other'",
            'hidden_assets': "side = 'asset' and is_hidden",
            'hidden_debts': "side = 'debt' and is_hidden",
        }.items() %}
            cast(
                coalesce(sum(balance) filter (where has_balance and {{ is_counted }}), 0)
                as decimal(38, 2)
            ) as {{ name }},
        {% endfor %}
        count(*) filter (where has_balance and side <> 'other') as accounts_counted,
        count(*) filter (where has_balance and side = 'other') as other_accounts,
        count(*) filter (where is_closed) as closed_accounts,
        count(*) filter (where not is_closed and balance is null) as accounts_without_balance,
        max(day) as day,
        bool_and(is_month_over) as is_month_over
    from accounts
    group by client_guid, user_guid, month, currency_code

)

select
    client_guid,
    user_guid,
    month,
    currency_code,
    assets,
    debts,
    other_balances,
    cast(hidden_assets - hidden_debts as decimal(38, 2)) as hidden_net_worth,
    accounts_counted,
    other_accounts,
    closed_accounts,
    accounts_without_balance,
    day,
    is_month_over,
    cast(assets - debts as decimal(38, 2)) as net_worth
from summed
