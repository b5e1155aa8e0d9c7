{#- No row has a deleted owner. A build checks the rows of changed files, if the test has passed on
    all others. `dbt test` checks all rows. -#}
{% test hides_what_is_owned(model, owners) %}
    {%- set is_increment = looks_at_news() -%}
    {%- set files = changed_files(model.identifier) if is_increment or not execute else [] %}
{% for column, owner in owners.items() %}
select
    shown._client_guid,
    '{{ column }}' as owner_column,
    cast(shown.{{ column }} as {{ dbt.type_string() }}) as owner_guid
from {{ model }} as shown
where
    shown.guid is not null
    {% if is_increment %}and {{ is_of(files) }}{% endif %}
    and exists (
        select 1
        from {{ new_relation("state", owner) }} as owners
        where
            owners._client_guid = shown._client_guid
            and cast(owners.guid as {{ dbt.type_string() }})
            = cast(shown.{{ column }} as {{ dbt.type_string() }})
            and not owners._event_is_live
    )
{{ "union all" if not loop.last }}
{% endfor %}
{% endtest %}
