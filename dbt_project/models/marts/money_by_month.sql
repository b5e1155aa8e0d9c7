with transactions as (

    select
        _client_guid as client_guid,
        guid,
        amount,
        cast(user_guid as varchar) as user_guid,
        cast(parent_guid as varchar) as parent_guid,
        cast(category_guid as varchar) as category_guid,
        cast(category_name as varchar) as category_name,
        cast(currency_code as varchar) as currency_code,
        cast(status as varchar) as status,
        case
            when cast(transaction_type as varchar) in ('CREDIT', 'DEBIT')
                then cast(transaction_type as varchar)
            else 'UNKNOWN'
        end as transaction_type,
        cast(date_trunc('month', date at time zone 'UTC') as date) as month
    from {{ ref('transactions') }}
    where guid is not null

),

{# a user's own category is used by that user alone, and its name is the user's text #}
shared_categories as (

    select
        client_guid,
        category_guid,
        max(category_name) as category_name
    from transactions
    where category_guid is not null
    group by client_guid, category_guid
    having min(user_guid) <> max(user_guid)

),

{# the parts of a split transaction hold its money #}
unsplit as (

    select *
    from transactions as wholes
    where
        not exists (
            select 1
            from transactions as parts
            where parts.client_guid = wholes.client_guid and parts.parent_guid = wholes.guid
        )

)

select
    unsplit.client_guid,
    unsplit.user_guid,
    unsplit.month,
    unsplit.category_guid,
    shared_categories.category_name,
    unsplit.currency_code,
    unsplit.status,
    coalesce(sum(unsplit.amount) filter (where unsplit.transaction_type = 'CREDIT'), 0) as money_in,
    coalesce(sum(unsplit.amount) filter (where unsplit.transaction_type = 'DEBIT'), 0) as money_out,
    coalesce(
        sum(unsplit.amount) filter (where unsplit.transaction_type = 'UNKNOWN'), 0
    ) as money_of_unknown_type,
    count(*) as transaction_count,
    count(*) filter (where unsplit.transaction_type = 'UNKNOWN') as unknown_types,
    count(*) filter (where unsplit.amount is null) as unknown_amounts
from unsplit
left outer join shared_categories using (client_guid, category_guid)
group by all
