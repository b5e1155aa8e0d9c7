{#- A day and a file name in one text sort by day, then by name. -#}
with landed as (

    select
        resource,
        schema_id,
        snapshot_date,
        file
    from {{ ref('ledger') }}
    where what = 'landed'

),

schemas as (

    select
        resource,
        schema_id,
        min(snapshot_date) as first_date,
        min_by(file, concat(snapshot_date, file)) as first_file,
        max(snapshot_date) as last_date
    from landed
    group by resource, schema_id

),

typed as (

    select
        schemas.resource,
        lower(columns_of_schemas.column_name) as field,
        columns_of_schemas.landed_type,
        min(schemas.first_date) as first_date,
        min_by(schemas.first_file, concat(schemas.first_date, schemas.first_file)) as first_file,
        max(schemas.last_date) as last_date
    from schemas
    inner join {{ ref('landed_columns') }} as columns_of_schemas
        on
            schemas.resource = columns_of_schemas.resource
            and schemas.schema_id = columns_of_schemas.schema_id
    group by schemas.resource, lower(columns_of_schemas.column_name), columns_of_schemas.landed_type

),

placed as (

    select
        *,
        row_number() over (
            partition by resource, field order by first_date, first_file, landed_type
        ) as type_number,
        min(first_date) over (partition by resource) as first_date_of_resource,
        max(last_date) over (partition by resource, field) as last_date_of_field
    from typed

),

vanished as (

    select
        placed.resource,
        placed.field,
        min(landed.snapshot_date) as first_date,
        min_by(landed.file, concat(landed.snapshot_date, landed.file)) as first_file
    from placed
    inner join landed
        on
            placed.resource = landed.resource
            and placed.last_date_of_field < landed.snapshot_date
    where placed.type_number = 1
    group by placed.resource, placed.field

)

select
    resource,
    field,
    case type_number when 1 then 'added' else 'widened' end as change, -- noqa: RF04
    landed_type,
    first_date,
    first_file as file -- noqa: RF04
from placed
where type_number > 1 or first_date > first_date_of_resource
union all
select
    resource,
    field,
    'vanished' as change, -- noqa: RF04
    cast(null as {{ dbt.type_string() }}) as landed_type,
    first_date,
    first_file as file -- noqa: RF04
from vanished
union all
select
    resource,
    field,
    'renamed' as change, -- noqa: RF04
    cast(null as {{ dbt.type_string() }}) as landed_type,
    first_date,
    first_file as file -- noqa: RF04
from placed
where type_number = 1 and field in ('_version', 'valid_from', 'valid_to', 'is_current')
