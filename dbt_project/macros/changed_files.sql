{#- What a table has still to apply. A file is known by its place, its name and its bytes.
    `fresh_files` are to come, in batches of so many rows that memory holds one; `stale_files` are
    those whose rows are to go; made anew a table has all to come and none to keep.
    Then `batch_files` and their `fresh_rows`: none yet, so that these say no more than which columns
    there are. -#}
{% macro find_files(consumer, resource, anew=false) -%}
    {%- set applied = "(" ~ applied_files(consumer, resource) ~ ")" -%}
    {%- set wanted = "(" ~ wanted_files(consumer, resource) ~ ")" -%}
    {%- set stale -%}
        create or replace temp table stale_files as
        from {{ applied }}
        {%- if not anew %} anti join {{ wanted }} using (path, file, plain_sha256) {%- endif %}
    {%- endset -%}
    {%- do run_sql(stale) -%}
    {%- set fresh -%}
        create or replace temp table fresh_files as
        select
            *,
            cast(
                sum(record_count) over (order by snapshot_date, file rows unbounded preceding)
                // {{ var("rows_at_once") }} as bigint
            ) as batch
        from {{ wanted }}
        {%- if not anew %} anti join {{ applied }} using (path, file, plain_sha256) {%- endif %}
    {%- endset -%}
    {%- do run_sql(fresh) -%}
    {%- do read_batch(resource, "null") -%}
    {%- do run_sql("create or replace temp table fresh_versions as " ~ no_versions()) -%}
{%- endmacro %}

{#- Files without a row have nothing to apply. Of a resource with a state `main` reads only those in
    which that has found rows without a key. -#}
{% macro wanted_files(consumer, resource=none) -%}
select
    resource,
    snapshot_date,
    path,
    file,
    plain_sha256,
    schema_id,
    record_count
from {{ new_relation("ops", "landed_files") }}
where
    {{ is_of(resource) }}
    and record_count > 0
    {%- if consumer == "main" %}
    and (
        resource not in (select resource from ({{ applied_files("state", resource) }}))
        or (path, file, plain_sha256) in (
            select (path, file, plain_sha256)
            from ({{ applied_files("state", resource) }})
            where has_unkeyed
        )
    )
    {%- endif %}
{%- endmacro %}

{% macro applied_files(consumer, resource=none) -%}
select * from ops.applied_files where {{ is_applied(consumer, resource) }}
{%- endmacro %}

{% macro is_applied(consumer, resource=none) -%}
consumer = {{ text_literal(consumer) }} and {{ is_of(resource) }}
{%- endmacro %}

{% macro is_of(resource) -%}
{{ "resource = " ~ text_literal(resource) if resource else "true" }}
{%- endmacro %}

{% macro has_stale_files() -%}
    {{ return(run_sql("from stale_files limit 1") | length > 0) }}
{%- endmacro %}

{#- The batches there are; one where rows only go. -#}
{% macro fresh_batches() -%}
    {%- set query -%}
        select distinct batch from fresh_files
        union
        select 0 where exists (from stale_files) and not exists (from fresh_files)
        order by batch
    {%- endset -%}
    {{ return(run_sql(query) | map("first") | list) }}
{%- endmacro %}

{% macro read_batch(resource, batch) -%}
    {%- set files -%}
        create or replace temp table batch_files as from fresh_files where batch = {{ batch }}
    {%- endset -%}
    {%- do run_sql(files) -%}
    {%- set columns = new_relation("ops", "landed_columns") -%}
    {%- set widened = new_relation("ops", "widened_columns") -%}
    {%- set rows = stage(resource, "batch_files", columns, widened) -%}
    {%- do run_sql("create or replace temp table fresh_rows as " ~ rows) -%}
{%- endmacro %}

{#- Rows that other files had brought have gone with the first batch. -#}
{% macro remember_batch(consumer, resource) -%}
    {%- set forget -%}
        delete from ops.applied_files
        where
            {{ is_applied(consumer, resource) }}
            and file in (select file from stale_files)
    {%- endset -%}
    {%- do run_sql(forget) -%}
    {%- set remember -%}
        insert into ops.applied_files by name
        select
            {{ text_literal(consumer) }} as consumer,
            resource,
            path,
            file,
            plain_sha256,
            coalesce(has_keys, false) as has_keys,
            coalesce(has_unkeyed, false) as has_unkeyed,
            {{ text_literal(invocation_id) }} as invocation_id
        from batch_files
        left join (
            select
                _source_file as file, -- noqa: RF04
                bool_or(guid is not null) as has_keys,
                bool_or(guid is null) as has_unkeyed
            from ({{ with_guid("fresh_rows") }})
            group by _source_file
        ) using (file)
    {%- endset -%}
    {%- do run_sql(remember) -%}
    {%- do run_sql("delete from stale_files") -%}
{%- endmacro %}

{#- Rows of a resource without a guid have a null one. -#}
{% macro with_guid(rows) -%}
    {%- set names = described_columns("from " ~ rows) | map("first") | map("lower") -%}
select {{ "*" if "guid" in names else "*, null as guid" }} from {{ rows }}
{%- endmacro %}

{#- Count by file and column the values of a batch that did not fit. -#}
{% macro count_misfits() -%}
    {%- do delete_stale_rows("ops.counted_misfits") -%}
    {%- set count -%}
        insert into ops.counted_misfits by name
        select
            _source_file,
            column_name,
            count(*) as row_count
        from (
            select
                _source_file,
                unnest(_event_misfits) as column_name
            from fresh_rows
        )
        group by _source_file, column_name
    {%- endset -%}
    {%- do run_sql(count) -%}
{%- endmacro %}
