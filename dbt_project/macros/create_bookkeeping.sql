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
        has_keys boolean
    );
    create table if not exists ops.applied_columns (
        consumer varchar,
        resource varchar,
        shape varchar
    );
    create table if not exists ops.touched_keys (
        consumer varchar,
        source varchar,
        _client_guid varchar,
        guid varchar
    );
{%- endmacro %}
