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
        coalesce(sum(balance) filter (where has_balance and side = 'asset'), 0) as assets,
        coalesce(sum(balance) filter (where has_balance and side = 'debt'), 0) as debts,
        coalesce(sum(balance) filter (where has_balance and side = 'other'), 0) as other_balances,
        coalesce(
            sum(if(side = 'asset', balance, -balance))
            filter (where has_balance and is_hidden and side <> 'other'),
            0
        ) as hidden_net_worth,
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
    *,
    assets - debts as net_worth
from summed
