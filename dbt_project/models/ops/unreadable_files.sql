{#- This build reads new files, and all files of tables that it rebuilds. -#}
{%- set all_files, new_files = ref('landed_files'), ref('changed_files') -%}
{#- read by resources_to_rebuild -#}
{%- set columns = ref('staged_columns') -%}
{%- set landed = fetch('select distinct resource from ' ~ all_files) -%}
{%- set resources = landed | map(attribute='resource') | sort -%}
{%- set rebuilt = resources_to_rebuild(resources) if resources else [] -%}
{%- set rebuilt = rebuilt | map(attribute='resource') | list -%}
{%- set tried_files -%}
    select
        landed.resource,
        landed.path,
        landed.file,
        landed.parquet_sha256
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
{%- endset -%}
{#- the files are read only where this query runs -#}
{%- set is_run = flags.WHICH not in ('compile', 'generate') -%}
{%- set problems = ask_plugin('problems', fetch(tried_files)) if is_run -%}
select tried.*
from (
    values
    {%- for tried in problems or [] %}
    ({{ texts([tried.resource, tried.path, tried.file, tried.problem]) }}),
    {%- endfor %}
    ('', '', '', cast(null as {{ dbt.type_string() }}))
) as tried (resource, path, file, problem)
where tried.problem is not null
