{#- By what column a resource names its owners, as the YAML of its model in `main` says. A user may
    own the rows of a resource without a model. -#}
{% macro owners_of(resource) -%}
    {%- set node = graph.nodes.get("model.mx." ~ resource) if execute -%}
    {{ return(node.config.meta.get("owners", {}) if node else {"user_guid": "users"}) }}
{%- endmacro %}

{#- Whether owners are looked for in all rows. This is so where a version of an owner's file goes, since
    its owners may be unknown again, and where a resource is rebuilt, perhaps with other owners. -#}
{% macro looks_for_all_owners() -%}
    {%- set owners = [] -%}
    {%- for node in graph.nodes.values() if execute and node.fqn[1] == "current" -%}
        {%- do owners.extend(owners_of(node.name).values()) -%}
    {%- endfor -%}
    {%- set gone = changed_files() | rejectattr("is_landed") | map(attribute="resource") -%}
    {%- set anew = resources_to_rebuild(var("keyed_resources") + var("logs")) -%}
    {{ return(anew + (gone | select("in", owners) | list) != []) }}
{%- endmacro %}

{#- Before the rows of changed files are looked at: what these files said goes, and so do owners that
    have come. -#}
{% macro delete_owners_that_came() -%}
    {%- set changed = changed_files() -%}
    {%- if is_incremental() and looks_for_all_owners() -%}
    delete from {{ this }} where true
    {%- elif is_incremental() and changed -%}
        {%- for owner, files in changed | groupby("resource") if "model.mx.state_" ~ owner in graph.nodes -%}
            {%- do run_query(delete_owners_of(owner, files)) -%}
        {%- endfor -%}
    delete from {{ this }} where _source_file in ({{ texts(changed | map(attribute="file") | unique | sort) }})
    {%- endif -%}
{%- endmacro %}

{% macro delete_owners_of(owner, files) -%}
    merge into {{ this }} as kept
    using (
        select distinct
            _client_guid,
            cast(guid as {{ dbt.type_string() }}) as guid
        from {{ new_relation("staging", "stg_" ~ owner) }}
        where guid is not null and {{ is_of(files) }}
    ) as owners
    on
        kept.owner = '{{ owner }}'
        and kept._client_guid = owners._client_guid
        and kept.owner_guid = owners.guid
    when matched then delete
{%- endmacro %}
