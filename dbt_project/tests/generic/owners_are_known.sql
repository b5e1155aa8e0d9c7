{# nothing is deleted for want of an owner: the feed has no baseline #}
{% test owners_are_known(model, owners) %}
    {{ config(severity='warn') }}
with owned as materialized (

    select
        _client_guid,
        {{ owners.keys() | join(', ') }}
    from ({{ written_rows(model) }})
    union all
    select
        _client_guid,
        {{ owners.keys() | join(', ') }}
    from ({{ written_log_rows(model) }})

)

{% for column, owner in owners.items() %}
    select
        owned._client_guid,
        '{{ column }}' as column_name,
        cast(owned.{{ column }} as varchar) as owner_guid,
        count(*) as row_count
    from owned
    where
        owned.{{ column }} is not null
        and not exists (
            select 1
            from {{ ref('state_' ~ owner) }} as owner
            where
                owner._client_guid = owned._client_guid
                and cast(owner.guid as varchar) = cast(owned.{{ column }} as varchar)
        )
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
{% endtest %}
