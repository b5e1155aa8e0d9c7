{#- The keys that were seen and are not shown, deleted themselves or hidden by an owner of theirs:
    what hides the rows that they own. -#}
{% macro hidden_keys(state, current) -%}
select
    _client_guid,
    cast(guid as varchar) as guid
from {{ state }} as state
where
    not exists (
        select 1
        from {{ current }} as shown
        where shown._client_guid = state._client_guid and shown.guid = state.guid
    )
{%- endmacro %}
