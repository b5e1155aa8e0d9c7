{% test owners_are_known(model, owners) %}
    {{ config(severity='warn') }}
    {# nothing is deleted for want of an owner: the feed has no baseline #}
    {% for column, owner in owners.items() %}
        select
            owned._client_guid,
            '{{ column }}' as column_name,
            cast(owned.{{ column }} as varchar) as owner_guid
        from {{ model }} as owned
        where
            owned.{{ column }} is not null
            and not exists (
                select 1
                from {{ ref('state_' ~ owner) }} as owner
                where
                    owner._client_guid = owned._client_guid
                    and cast(owner.guid as varchar) = cast(owned.{{ column }} as varchar)
            )
        {{ 'union all' if not loop.last }}
    {% endfor %}
{% endtest %}
