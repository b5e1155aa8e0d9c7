{{ config(materialized='view') }}

{% set built_query %}
    select distinct new_resources.resource
    from {{ ref('new_resources') }} as new_resources
    inner join {{ source('bookkeeping', 'applied_columns') }} as applied
        on new_resources.resource = applied.resource
{% endset %}
{% set tables = [] %}
{% for resource in var('keyed_resources') + var('logs') %}
    {% do tables.append(ref('stg_' ~ resource)) %}
{% endfor %}
{% for resource in fetch(built_query) | map(attribute='resource') | sort %}
    {% do tables.append(new_relation('staging', 'stg_' ~ resource)) %}
{% endfor %}
{% set most_rows = 5 %}
with misfits as (

    {% for table in tables %}
        select
            _source_file,
            _row_number,
            {{ explode('_event_misfits') }} as misfit
        from {{ table }}
        where _event_misfits is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

named as (

    select
        _source_file,
        _row_number,
        split_part(misfit, ' ', 1) as column_name,
        substring(misfit, position(' ' in misfit) + 1) as form
    from misfits

),

numbered as (

    select
        *,
        row_number() over (
            partition by _source_file, column_name order by _row_number
        ) as place
    from named

)

select
    _source_file,
    column_name,
    count(*) as row_count,
    max(case when place = 1 then form end) as example,
    concat_ws(
        ', ',
        {% for place in range(1, most_rows + 1) %}
            max(case when place = {{ place }} then cast(_row_number as {{ dbt.type_string() }}) end)
            {{- ',' if not loop.last }}
        {% endfor %}
    ) as row_numbers
from numbered
group by _source_file, column_name
