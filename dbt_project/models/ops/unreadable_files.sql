{#- This build reads new files, and all files of tables that it rebuilds. -#}
{%- set all_files, new_files = ref('landed_files'), ref('changed_files') -%}
{#- read by resources_to_rebuild -#}
{%- set columns = ref('staged_columns') -%}
{%- set landed = fetch('select distinct resource from ' ~ all_files) -%}
{%- set resources = landed | map(attribute='resource') | sort -%}
{%- set rebuilt = resources_to_rebuild(resources) if resources else [] -%}
{%- set rebuilt = rebuilt | map(attribute='resource') | list -%}
with tried_files as (

    select
        landed.resource,
        landed.path,
        landed.file,
        {{ ask_plugin('problem', "concat(coalesce(landed.parquet_sha256, ''), ' ', landed.path)") }}
            as problem
    from {{ all_files }} as landed
    where
        landed.record_count > 0
        and (
            {{ 'true' if flags.FULL_REFRESH else 'false' }}
            or landed.resource in ({{ texts([''] + rebuilt) }})
            or exists (
                select 1
                from {{ new_files }} as changed
                where changed.is_landed and changed.path = landed.path
            )
        )

)

select *
from tried_files
where problem is not null
