{{ config(materialized='view') }}

select
    monthly.client_guid,
    monthly.user_guid,
    monthly.month,
    monthly.category_guid,
    coalesce(
        monthly.category_name, cast(categories.name as {{ dbt.type_string() }})
    ) as category_name,
    monthly.currency_code,
    monthly.money_out as spent,
    monthly.money_in as refunded
from {{ ref('money_by_month') }} as monthly
left outer join {{ ref('categories') }} as categories
    on
        monthly.client_guid = categories._client_guid
        and monthly.category_guid = cast(categories.guid as {{ dbt.type_string() }})
where monthly.status = 'POSTED' and monthly.money_out > 0
