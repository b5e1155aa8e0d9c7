{#- Make the tables of `ops` that record what finished builds took: files and columns of each resource,
    models and tests that passed, and whether all of it is complete. -#}
{% macro begin_build() -%}
    {%- set text = dbt.type_string() -%}
    {%- set tables = {
        "applied_files": {
            "resource": text, "path": text, "file": text, "plain_sha256": text,
            "snapshot_date": "date", "schema_id": text, "record_count": "bigint",
        },
        "applied_columns": {"resource": text, "column_name": text, "column_type": text, "fingerprint": text},
        "passed_nodes": {"node": text, "text": text},
        "ledger_marks": {"file": text, "mark": text},
        "read_batches": {"reader": text, "batch": text},
        "finished": {"build": text, "finished_at": engine_type("timestamptz"), "sources": text},
    } -%}
    {%- do run_query("create schema if not exists ops") -%}
    {%- for table, columns in tables.items() -%}
        {%- set columns = columns.items() | map("join", " ") | join(", ") -%}
        {%- do run_query(
            "create table if not exists ops." ~ table ~ " (" ~ columns ~ ") " ~ table_format()
        ) -%}
    {%- endfor -%}
    {%- do run_query("delete from ops.finished where true") if writes() -%}
    {%- if writes() and flags.EMPTY -%}
        {#- with --full-refresh incremental tables are empty, too, and the next build must rebuild them -#}
        {%- do run_query("delete from ops.passed_nodes where node in (" ~ texts(selected_resources) ~ ")") -%}
        {%- do run_query("delete from ops.applied_columns where true") if flags.FULL_REFRESH -%}
    {%- endif -%}
{%- endmacro %}

{% macro writes() -%}
    {{ return(flags.WHICH in ("build", "run", "retry", "seed", "snapshot")) }}
{%- endmacro %}

{#- The statements that record the files, columns and SQL of resources as applied. -#}
{% macro applied_statements(resources) -%}
    {%- set are_these = "resource in (" ~ texts(resources) ~ ")" -%}
    {%- set files = "resource, path, file, plain_sha256, snapshot_date, schema_id, record_count" -%}
    {{ return([
        "delete from ops.applied_files where " ~ are_these,
        "insert into ops.applied_files select " ~ files ~ " from ops.landed_files where " ~ are_these
        ~ " and path not in (select path from ops.unreadable_files)",
        "delete from ops.applied_columns where " ~ are_these,
        "insert into ops.applied_columns select resource, column_name, column_type, fingerprint"
        ~ " from ops.staged_columns inner join (" ~ fingerprints(resources) ~ ") as made using (resource)",
    ]) }}
{%- endmacro %}

{#- A resource is applied when every model that reads its changed files succeeded in one run. -#}
{% macro note_applied(results) -%}
    {%- set done = results | selectattr("status", "equalto", "success") | map(attribute="node.name") | list -%}
    {%- set applied = [] -%}
    {%- for name in done if name.startswith("stg_") and "unknown_owners" in done and not flags.EMPTY -%}
        {%- set state = "state_" ~ name[4:] -%}
        {%- do applied.append(name[4:]) if state in done or "model.mx." ~ state not in graph.nodes -%}
    {%- endfor -%}
    {%- for statement in applied_statements(applied) if applied -%}
        {%- do run_query(statement) -%}
    {%- endfor -%}
{%- endmacro %}

{#- Tell the plugin which nodes ran and which exist. `ingest/warehouse/build/completeness.py` decides
    whether the build is complete. -#}
{% macro note_results(results) -%}
    {%- if execute and (writes() or flags.WHICH == "test") and not flags.EMPTY -%}
        {%- set run = {"id": invocation_id, "builds": writes(), "results": results, "nodes": graph.nodes} -%}
        {%- do ask_plugin("note", run) -%}
    {%- endif -%}
{%- endmacro %}

{#- Publish a complete build, and say why another is not published. -#}
{% macro finish_build() -%}
    {%- if execute and flags.WHICH in ("build", "retry") and not flags.EMPTY -%}
        {%- set said = ask_plugin("finish") -%}
        {{ print(said) if said }}
    {%- endif -%}
{%- endmacro %}

{#- Whether a test may look at changed files alone: in a build, if it has passed on all other rows. -#}
{% macro looks_at_news() -%}
    {%- set passed = fetch("select node from ops.passed_nodes where node = " ~ text_literal(model.unique_id)) -%}
    {{ return(flags.WHICH == "build" and passed | length > 0) }}
{%- endmacro %}
