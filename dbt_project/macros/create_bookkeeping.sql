{#- The tables that the others are kept by. -#}
{% macro create_bookkeeping() -%}
    create schema if not exists ops;
    create schema if not exists history;
    create schema if not exists deletes;
    create table if not exists ops.applied_files (
        consumer varchar,
        resource varchar,
        path varchar,
        "file" varchar,
        plain_sha256 varchar,
        has_keys boolean,
        has_unkeyed boolean,
        invocation_id varchar
    );
    create table if not exists ops.applied_columns (
        consumer varchar,
        resource varchar,
        shape varchar
    );
    create table if not exists ops.counted_misfits (
        _source_file varchar,
        column_name varchar,
        row_count bigint
    );
    create table if not exists ops.touched_keys (
        consumer varchar,
        source varchar,
        _client_guid varchar,
        guid varchar
    );
    alter table ops.touched_keys add column if not exists _snapshot_date date;
    alter table ops.touched_keys add column if not exists _source_file varchar;
    alter table ops.touched_keys add column if not exists _row_number bigint;
    alter table ops.touched_keys add column if not exists is_hidden boolean;
    create table if not exists ops.written_keys (
        relation varchar,
        _client_guid varchar,
        guid varchar
    );
    alter table ops.written_keys add column if not exists _snapshot_date date;
    alter table ops.written_keys add column if not exists _source_file varchar;
    alter table ops.written_keys add column if not exists _row_number bigint;
    create table if not exists ops.built (
        fingerprint varchar
    );
    create table if not exists ops.plan (
        plan varchar
    );
    create table if not exists ops.finished (
        build varchar,
        finished_at timestamptz
    );
    {% if flags.WHICH != "test" %}
    {{ forget_finished() }}
    {% endif %}
{%- endmacro %}
