with landed as (

    {{ read_landed() }}

)

select *
from landed
qualify
    row_number() over (
        partition by client_guid, snapshot_date, resource, event order by landed_at desc
    ) = 1
