{%- set all_files, new_files = ref('landed_files'), ref('changed_files') -%}
with tried_files as (

    select
        resource,
        path,
        file,
        {{ ask_plugin('problem', 'path') }} as problem
    from {{ all_files if flags.FULL_REFRESH else new_files }}
    where record_count > 0 {{ 'and is_landed' if not flags.FULL_REFRESH }}

)

select *
from tried_files
where problem is not null
