with schemas as (

    select
        schema_id,
        columns,
        row_number() over (partition by schema_id order by recorded_at) as age
    from {{ ref('ledger').render() }}
    where what = 'schema'

),

columns_of_schemas as (

    {{ unnest_rows('schemas', 'columns', kept=['schema_id', 'age']) }}

),

landed as (

    select *
    from {{ ref('ledger').render() }}
    where what = 'landed'

)

select
    landed.resource,
    landed.schema_id,
    columns_of_schemas.name as column_name,
    columns_of_schemas.type as landed_type,
    columns_of_schemas.ordinal,
    min(landed.snapshot_date) as first_date,
    min_by(landed.file, landed.recorded_at) as first_file
from landed
inner join columns_of_schemas
    on landed.schema_id = columns_of_schemas.schema_id and columns_of_schemas.age = 1
group by
    landed.resource,
    landed.schema_id,
    columns_of_schemas.name,
    columns_of_schemas.type,
    columns_of_schemas.ordinal
