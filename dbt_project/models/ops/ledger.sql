{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        pre_hook="{{ delete_lines_read_again() }}",
        post_hook="{{ note_lines_read() }}",
    )
}}

{%- set listing = 'struct("file" varchar, "resource" varchar, "event" varchar, '
    '"record_count" bigint, "plain_bytes" bigint, "encrypted_bytes" bigint, "checksum" varchar, "effective_date" varchar)[]' -%}
{%- set fields = {
    'recorded_at': 'timestamptz',
    'run_id': 'varchar',
    'what': 'varchar',
    'client_guid': 'varchar',
    'snapshot_date': 'date',
    'resource': 'varchar',
    'event': 'varchar',
    'file': 'varchar',
    'name': 'varchar',
    'path': 'varchar',
    'encrypted_bytes': 'bigint',
    'encrypted_sha256': 'varchar',
    'plain_bytes': 'bigint',
    'plain_sha256': 'varchar',
    'parquet_sha256': 'varchar',
    'checksum_of': 'varchar',
    'record_count': 'bigint',
    'manifest_sha256': 'varchar',
    'is_unlisted': 'boolean',
    'is_unfinished': 'boolean',
    'key_id': 'varchar',
    'decoder': 'varchar',
    'reason': 'varchar',
    'expected': 'varchar',
    'found': 'varchar',
    'schema_id': 'varchar',
    'columns': 'struct("name" varchar, "type" varchar)[]',
    'listed': listing,
} -%}

{%- if target.type == 'spark' -%}
    {%- for found in fetch('select problem from ' ~ ref('ledger_problems')) -%}
        {{ exceptions.raise_compiler_error(found.problem) }}
    {%- endfor -%}
{%- endif -%}
{%- set nulls = [] -%}
{%- set own = [('ledger_file', 'varchar'), ('batch', 'varchar')] -%}
{%- for name, type in own + (fields.items() | list) -%}
    {%- do nulls.append('cast(null as ' ~ engine_type(type) ~ ') as ' ~ name) -%}
{%- endfor -%}
{#- The lines that the table does not have; all lines where it is rebuilt. #}
{% for lines in new_ledger_lines(['batch'] + (fields.keys() | list)) %}
    select
        '{{ lines.file }}' as ledger_file,
        '{{ invocation_id }}' as batch,
        *
    from {{ read_ledger(fields, lines.get('folder', data_folder()) ~ lines.path) }}
    union all
{% endfor %}
select {{ nulls | join(', ') }}
where false
