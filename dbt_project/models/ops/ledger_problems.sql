-- sqlfluff:dialect:sparksql
{{ config(materialized='view', enabled=target.type == 'spark') }}

{#- Reasons to read no line of the ledgers; on DuckDB the plugin finds them. The model `ledger`
    fails while there is one. -#}
with parsed_lines as (

    {% for folder in landings() %}
        select
            {{ text_literal(folder) }} as folder,
            value as line,
            from_json(value, 'what string, client_guid string, path string') as record
        from text.`{{ folder }}ledger/*.jsonl`
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

records as (

    select
        parsed_lines.folder,
        parsed_lines.line,
        parsed_lines.record.what,
        parsed_lines.record.client_guid,
        parsed_lines.record.path
    from parsed_lines

)

select
    concat(
        'ledger ', folder, 'ledger: expected JSON on each line, found ', count(*), ' others, as ',
        left(min(line), 60)
    ) as problem
from records
where what is null
group by folder
union all
select
    concat(
        'client ', client_guid, ': expected in one of MX_LANDINGS, found in ',
        array_join(array_sort(collect_set(folder)), ' and ')
    ) as problem
from records
where what = 'landed'
group by client_guid
having count(distinct folder) > 1
union all
select
    concat(
        'ledger: expected a record of each landed file, found none of ', min(path),
        ' (', count(*), ' in all)'
    ) as problem
from {{ source('bookkeeping', 'applied_files') }}
where
    path not in (
        select records.path
        from records
        where records.path is not null
    )
having count(*) > 0
