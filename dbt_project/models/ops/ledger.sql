{{
    config(
        materialized='grown',
        pre_hook="{{ drop_month_read_again() }}",
    )
}}

{%- set listing = 'struct("file" varchar, resource varchar, event varchar, record_count bigint, '
    'plain_bytes bigint, encrypted_bytes bigint, checksum varchar, effective_date varchar)[]' -%}
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
select * from {{ read_ledger(fields, since=month_read_again()) }}
