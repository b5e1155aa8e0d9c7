with landed as (

    {{ read_landed() }}

),

schemas as (

    {{ read_schemas() }}

)

select
    landed.resource,
    landed.schema_id,
    schemas.column_name,
    schemas.landed_type,
    schemas.ordinal,
    min(landed.snapshot_date) as first_date,
    min_by(landed.file, landed.landed_at) as first_file
from landed
inner join schemas on landed.schema_id = schemas.schema_id
group by all
