{#- Whether to look for owners in all rows. A resource that is rebuilt may have other owners. When a
    version of an owner's file is gone, its owners may be unknown again. -#}
{% macro looks_for_all_owners() -%}
    {%- for file in changed_files() | rejectattr("is_landed") -%}
        {{ return(true) if "model.mx.hidden_" ~ file.resource in graph.nodes }}
    {%- endfor -%}
    {{ return(resources_to_rebuild(var("keyed_resources") + var("logs")) != []) }}
{%- endmacro %}

{#- Before rows of changed files are looked at, delete what these files said, and owners that came. -#}
{% macro delete_owners_that_came() -%}
    {%- set changed = changed_files() -%}
    {%- if is_incremental() and looks_for_all_owners() -%}
    delete from {{ this }} where true
    {%- elif is_incremental() and changed -%}
        {%- do run_query(delete_owners_in(changed)) -%}
    delete from {{ this }} where _source_file in ({{ texts(changed | map(attribute="file") | unique | sort) }})
    {%- endif -%}
{%- endmacro %}

{% macro delete_owners_in(changed) -%}
    merge into {{ this }} as kept
    using (
        {%- for resource, files in changed | groupby("resource") if "model.mx.state_" ~ resource in graph.nodes %}
        select distinct
            '{{ resource }}' as resource,
            _client_guid,
            cast(guid as {{ dbt.type_string() }}) as guid
        from {{ new_relation("staging", "stg_" ~ resource) }}
        where guid is not null and {{ is_of(files) }}
        union all
        {%- endfor %}
        select '' as resource, '' as _client_guid, '' as guid where false
    ) as owners
    on
        kept.owner = owners.resource
        and kept._client_guid = owners._client_guid
        and kept.owner_guid = owners.guid
    when matched then delete
{%- endmacro %}
