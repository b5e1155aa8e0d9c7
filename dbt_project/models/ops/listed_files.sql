with manifests as (

    select *
    from {{ ref('ledger') }}
    where what = 'listed'
    qualify
        row_number() over (
            partition by client_guid, snapshot_date order by recorded_at desc
        ) = 1

)

{{ unnest_rows(
    'manifests',
    'listed',
    kept=[
        'client_guid',
        'snapshot_date',
        'recorded_at as listed_at',
        'coalesce(is_unfinished, false) as is_unfinished',
    ],
) }}
