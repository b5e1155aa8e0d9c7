{{ config(materialized='view') }}

with latest_days as (

    {{ latest_days(ref('deliveries')) }}

),

spans as (

    select max(latest_day) as last_day
    from latest_days

)

select {{ each('day', "date '2000-01-01'", 'last_day') }} as day
from spans
where last_day is not null
