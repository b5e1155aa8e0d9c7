{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ delete_owners_that_came() }}",
    )
}}

{#- Owners that a row names and that no file has brought. Increments read rows of changed files. -#}
{% set is_increment = is_incremental() and not looks_for_all_owners() %}
{% set changed = changed_files() %}
{% set states = {} %}
{% for resource in var('keyed_resources') %}
    {% do states.update({resource: ref('state_' ~ resource)}) %}
{% endfor %}
{% for resource in var('keyed_resources') + var('logs') if resource != 'users' %}
    {% set events = ref('stg_' ~ resource) %}
    {% set files = changed | selectattr('resource', 'equalto', resource) | list %}
    {% for column, owner in owners_of(resource).items() if files or not is_increment %}
        select distinct
            '{{ resource }}' as resource,
            '{{ column }}' as owner_column,
            '{{ owner }}' as owner,
            events._client_guid,
            cast(events.{{ column }} as {{ dbt.type_string() }}) as owner_guid,
            events._source_file
        from {{ events }} as events
        left outer join {{ states[owner] }} as owners
            on
                events._client_guid = owners._client_guid
                and cast(events.{{ column }} as {{ dbt.type_string() }})
                = cast(owners.guid as {{ dbt.type_string() }})
        where
            events.{{ column }} is not null
            and events._event <> 'deleted'
            and owners._client_guid is null
            {{ 'and ' ~ is_of(files, of='events.') if is_increment }}
        union all
    {% endfor %}
{% endfor %}
select
    cast(null as {{ dbt.type_string() }}) as resource,
    cast(null as {{ dbt.type_string() }}) as owner_column,
    cast(null as {{ dbt.type_string() }}) as owner, -- noqa: RF04
    cast(null as {{ dbt.type_string() }}) as _client_guid,
    cast(null as {{ dbt.type_string() }}) as owner_guid,
    cast(null as {{ dbt.type_string() }}) as _source_file
where false
