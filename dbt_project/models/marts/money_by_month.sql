with transactions as (

    select
        _client_guid as client_guid,
        guid,
        amount,
        cast(user_guid as {{ dbt.type_string() }}) as user_guid,
        cast(parent_guid as {{ dbt.type_string() }}) as parent_guid,
        cast(category_guid as {{ dbt.type_string() }}) as category_guid,
        cast(category_name as {{ dbt.type_string() }}) as category_name,
        cast(currency_code as {{ dbt.type_string() }}) as currency_code,
        cast(status as {{ dbt.type_string() }}) as status,
        case
            when cast(transaction_type as {{ dbt.type_string() }}) in ('CREDIT', 'DEBIT')
                then cast(transaction_type as {{ dbt.type_string() }})
            else 'UNKNOWN'
        end as transaction_type,
        cast(date_trunc('month', {{ utc_day('date') }}) as date) as month
    from {{ ref('transactions') }}
    where guid is not null

),

{# one user alone uses a category of its own, whose name is that user's private text #}
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

{# a split transaction's money is in its parts #}
unsplit as (

    select *
    from transactions as parents
    where
        not exists (
            select 1
            from transactions as parts
            where parts.client_guid = parents.client_guid and parts.parent_guid = parents.guid
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
    {% for type, name in {
        'CREDIT': 'money_in', 'DEBIT': 'money_out', 'UNKNOWN': 'money_of_unknown_type'
    }.items() %}
        cast(
            coalesce(sum(unsplit.amount) filter (where unsplit.transaction_type = '{{ type }}'), 0)
            as decimal(38, 2)
        ) as {{ name }},
    {% endfor %}
    count(*) as transaction_count,
    count(*) filter (where unsplit.transaction_type = 'UNKNOWN') as unknown_types,
    count(*) filter (where unsplit.amount is null) as unknown_amounts
from unsplit
left outer join shared_categories
    on
        unsplit.client_guid = shared_categories.client_guid
        and unsplit.category_guid = shared_categories.category_guid
group by
    unsplit.client_guid,
    unsplit.user_guid,
    unsplit.month,
    unsplit.category_guid,
    shared_categories.category_name,
    unsplit.currency_code,
    unsplit.status
