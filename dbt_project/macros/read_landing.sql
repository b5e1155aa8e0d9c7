{#- Rows of landed files of one schema; `paths` lists them as SQL. -#}
{% macro read_landing(paths) -%}
    {{ adapter.dispatch("read_landing", "mx")(paths) }}
{%- endmacro %}

{#- without hive_partitioning = false the folders' names hide fields called date or event -#}
{% macro duckdb__read_landing(paths) -%}
    read_parquet([{{ paths }}], hive_partitioning = false)
{%- endmacro %}

{#- The lineage columns of no row, for a resource that has not landed. -#}
{% macro no_rows() -%}
    (
        select
            cast(null as varchar) as _resource,
            cast(null as varchar) as _event,
            cast(null as date) as _snapshot_date,
            cast(null as varchar) as _client_guid,
            cast(null as bigint) as _row_number,
            cast(null as varchar) as _source_file,
            cast(null as varchar) as _source_sha256
    )
{%- endmacro %}
