{#- The catalogue: columns and types from the YAML of each staging model; a column without a type is
    none of the feed's. `render` gives a name that `--empty` leaves alone, so that an empty run makes all
    columns. -#}
{% set catalogue = [] %}
{% for node in (graph.nodes.values() if execute else []) if node.name.startswith('stg_') %}
    {% for column in node.columns.values() if column.data_type %}
        {% do catalogue.append("('" ~ node.name[4:] ~ "', '" ~ column.name ~ "', '"
            ~ column.data_type ~ "', " ~ loop.index ~ ")") %}
    {% endfor %}
{% endfor %}
with catalogue as (

    select *
    from (values {{ catalogue | join(', ') or "('', '', '', 0)" }})
        as listed (resource, column_name, data_type, ordinal) -- noqa: AL05

),

columns_of_resources as (

    select
        coalesce(catalogue.resource, landed.resource) as resource,
        coalesce(catalogue.column_name, landed.column_name) as column_name,
        catalogue.data_type,
        coalesce(landed.widened_type, 'null') as widened_type,
        lower(substring(landed.column_name, length(landed.column_name) - 2, 3)) as name_end,
        coalesce(catalogue.ordinal, 1000000 + landed.ordinal) as ordinal
    from catalogue
    full outer join {{ ref('widened_columns').render() }} as landed
        on
            catalogue.resource = landed.resource
            and lower(catalogue.column_name) = lower(landed.column_name)

)

select
    resource,
    column_name,
    case
        when data_type like 'decimal%' or data_type in ('date', 'timestamptz') then data_type
        when data_type is null and name_end = '_at' and widened_type in ('integer', 'bigint')
            then 'timestamptz'
        when data_type is null and name_end = '_on' and widened_type = 'varchar' then 'date'
        when widened_type = 'null' then coalesce(data_type, 'varchar')
        else widened_type
    end as column_type,
    cast(ordinal as bigint) as ordinal
from columns_of_resources
