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
        "published_relations": {"table_schema": text, "table_name": text, "model": text},
    } -%}
    {%- do run_query("create schema if not exists ops") -%}
    {%- for table, columns in tables.items() -%}
        {%- set columns = columns.items() | map("join", " ") | join(", ") -%}
        {%- do run_query(
            "create table if not exists ops." ~ table ~ " (" ~ columns ~ ") " ~ table_format()
        ) -%}
    {%- endfor -%}
    {%- do check_landings() if writes() and target.type == "spark" -%}
    {%- do run_query("delete from ops.finished where true") if writes() -%}
    {%- do forget_emptied_nodes() if writes() and flags.EMPTY -%}
{%- endmacro %}

{#- `--empty` makes views and tables without rows, so their models have not passed. With `--full-refresh`
    it empties incremental tables, too, and the next build must rebuild them. -#}
{% macro forget_emptied_nodes() -%}
    {%- do run_query("delete from ops.passed_nodes where node in (" ~ texts(selected_resources) ~ ")") -%}
    {%- do run_query("delete from ops.applied_columns where true") if flags.FULL_REFRESH -%}
{%- endmacro %}

{% macro writes() -%}
    {{ return(flags.WHICH in ("build", "run", "retry", "seed", "snapshot")) }}
{%- endmacro %}

{#- The statements that record the files, columns and SQL of a resource as applied. -#}
{% macro applied_statements(resource) -%}
    {%- set is_resource = "resource = " ~ text_literal(resource) -%}
    {%- set files = "resource, path, file, plain_sha256, snapshot_date, schema_id, record_count" -%}
    {{ return([
        "delete from ops.applied_files where " ~ is_resource,
        "insert into ops.applied_files select " ~ files ~ " from ops.landed_files where " ~ is_resource
        ~ " and path not in (select path from ops.unreadable_files)",
        "delete from ops.applied_columns where " ~ is_resource,
        "insert into ops.applied_columns select resource, column_name, column_type, "
        ~ fingerprint(resource) ~ " from ops.staged_columns where " ~ is_resource,
    ]) }}
{%- endmacro %}

{#- A resource is applied when every model that reads its changed files succeeded in one run. -#}
{% macro note_applied(results) -%}
    {%- set done = results | selectattr("status", "equalto", "success") if not flags.EMPTY else [] -%}
    {%- set done = done | map(attribute="node.name") | list -%}
    {%- for name in done if name.startswith("stg_") and "unknown_owners" in done -%}
        {%- set resource = name[4:] -%}
        {%- set is_keyed = "model.mx.state_" ~ resource in graph.nodes -%}
        {%- for statement in applied_statements(resource) if "state_" ~ resource in done or not is_keyed -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{#- Tell the plugin which nodes ran and which exist. `ingest/warehouse/build/completeness.py` decides
    whether the build is complete. -#}
{% macro note_results(results) -%}
    {%- if execute and (writes() or flags.WHICH == "test") and not flags.EMPTY -%}
        {%- set nodes, statuses = {}, {} -%}
        {%- for id, node in graph.nodes.items() if node.resource_type in ("model", "test", "seed", "snapshot") -%}
            {%- set meta = node.config.meta or {} -%}
            {%- set is_seen = meta.get("is_published", node.schema not in ("staging", "state", "ops")) -%}
            {%- set relation = [node.schema, node.alias, node.name] -%}
            {%- do nodes.update({id: {
                "name": node.name,
                "parents": node.depends_on.nodes,
                "text": local_md5((node.raw_code or "") ~ node.config ~ node.columns),
                "relation": relation if is_seen and node.resource_type != "test" else none,
            }}) -%}
        {%- endfor -%}
        {%- for result in results -%}
            {%- do statuses.update({result.node.unique_id: result.status | string}) -%}
        {%- endfor -%}
        {%- set run = {"id": invocation_id, "builds": writes(), "results": statuses, "nodes": nodes} -%}
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
