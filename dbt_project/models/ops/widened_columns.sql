with landed_types as (

    select
        resource,
        column_name,
        first_date,
        ordinal,
        row_number() over (
            partition by resource, lower(column_name) order by first_date, ordinal
        ) as place,
        case landed_type
            when 'float' then 'double'
            else nullif(landed_type, 'null')
        end as landed_as,
        regexp_extract(landed_type, '^decimal[(]([0-9]+),([0-9]+)[)]', 1) as width,
        regexp_extract(landed_type, '^decimal[(]([0-9]+),([0-9]+)[)]', 2) as scale
    from {{ ref('landed_columns').render() }}

),

compared as (

    select
        resource,
        min(column_name) as column_name,
        min(first_date) as first_date,
        min(case when place = 1 then ordinal end) as first_ordinal,
        count(distinct landed_as) as type_count,
        min(landed_as) as one_type,
        bool_and(landed_as in ('integer', 'bigint', 'double')) as is_number,
        bool_or(landed_as = 'double') as is_double,
        bool_and(landed_as like 'decimal%') as is_decimal,
        bool_and(landed_as like 'decimal%' or landed_as = 'double') as is_decimal_or_double,
        max(cast(nullif(width, '') as integer) - cast(nullif(scale, '') as integer)) as digits,
        max(cast(nullif(scale, '') as integer)) as scale
    from landed_types
    group by resource, lower(column_name)

)

select
    resource,
    column_name,
    case
        when is_decimal and digits + scale > 38 then 'varchar'
        when is_decimal then concat('decimal(', digits + scale, ',', scale, ')')
        when type_count = 0 then 'null'
        when type_count = 1 then one_type
        when is_number and not is_double then 'bigint'
        when is_number then 'double'
        when is_decimal_or_double then 'decimal(38,9)'
        else 'varchar'
    end as widened_type,
    row_number() over (
        partition by resource order by first_date, first_ordinal, lower(column_name)
    ) as ordinal
from compared
