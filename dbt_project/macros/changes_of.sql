{#- What happened to the keys of a resource, one row a change. A row of a baseline creates nothing: the
    record was there before. A delete that found nothing to delete, as the key was deleted or never
    seen, changes nothing. -#}
{% macro changes_of(resource, history, deletes) -%}
with deleted as (

    select distinct
        _client_guid,
        guid,
        _snapshot_date as day
    from {{ deletes }}

),

ends as (

    select deleted.*
    from deleted
    where
        exists (
            select 1
            from {{ history }} as versions
            where
                versions._client_guid = deleted._client_guid
                and versions.guid = deleted.guid
                and versions.valid_to = deleted.day
        )

),

returns as (

    select
        versions._client_guid,
        versions.guid,
        versions.valid_from as day,
        versions.valid_from
        > lag(versions.valid_to) over (
            partition by versions._client_guid, versions.guid order by versions._version
        ) as is_return
    from {{ history }} as versions
    where
        exists (
            select 1
            from ends
            where ends._client_guid = versions._client_guid and ends.guid = versions.guid
        )

)

select
    _client_guid as client_guid,
    valid_from as day,
    if(_event = 'created', 'created', 'first_seen') as change
from {{ history }}
where _version = 1
union all
select
    _client_guid,
    day,
    'returned'
from returns
where is_return
union all
select
    _client_guid,
    day,
    'deleted'
from ends
{%- if resource == "accounts" %}
union all
select
    _client_guid,
    valid_from,
    'closed'
from {{ history }}
qualify
    try_cast(is_closed as boolean)
    and not coalesce(
        lag(try_cast(is_closed as boolean)) over (
            partition by _client_guid, guid order by _version
        ),
        false
    )
    and _version > 1
{%- endif %}
{%- endmacro %}
