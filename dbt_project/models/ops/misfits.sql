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
with misfits as (

    {% for table in tables %}
        select
            _source_file,
            _event_misfits
        from {{ table }}
        where _event_misfits is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

named as (

    select
        _source_file,
        {{ explode('_event_misfits') }} as column_name
    from misfits

)

select
    _source_file,
    column_name,
    count(*) as row_count
from named
group by _source_file, column_name
