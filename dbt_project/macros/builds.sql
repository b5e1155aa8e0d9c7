{#- What builds are kept by, in `ops`: which files and columns the last finished build of each resource
    took, which models and tests passed, and whether all of it is complete. -#}
{% macro begin_build() -%}
    {%- set text = dbt.type_string() -%}
    {%- set tables = {
        "applied_files": {
            "resource": text, "path": text, "file": text, "plain_sha256": text,
            "snapshot_date": "date", "schema_id": text, "record_count": "bigint",
        },
        "applied_columns": {
            "resource": text, "column_name": text, "column_type": text, "fingerprint": text
        },
        "passed_nodes": {"node": text, "text": text},
        "ledger_marks": {"file": text, "mark": text},
        "finished": {"build": text, "finished_at": engine_type("timestamptz"), "sources": text},
        "published_relations": {"table_schema": text, "table_name": text, "model": text},
    } -%}
    {%- do run_query("create schema if not exists ops") if execute -%}
    {%- for table, columns in tables.items() if execute -%}
        {%- set columns = columns.items() | map("join", " ") | join(", ") -%}
        {%- do run_query(
            "create table if not exists ops." ~ table ~ " (" ~ columns ~ ") " ~ table_format()
        ) -%}
    {%- endfor -%}
    {%- do run_query("delete from ops.finished where true") if execute and writes() -%}
{%- endmacro %}

{% macro writes() -%}
    {{ return(flags.WHICH in ("build", "run", "retry", "seed", "snapshot")) }}
{%- endmacro %}

{#- What a finished build of a resource took: its files as they are now, its columns, its SQL. -#}
{% macro applied_statements(resource) -%}
    {%- set is_resource = "resource = " ~ text_literal(resource) -%}
    {%- set files = "resource, path, file, plain_sha256, snapshot_date, schema_id, record_count" -%}
    {%- set bad = "select path from ops.unreadable_files" -%}
    {{
        return([
            "delete from ops.applied_files where " ~ is_resource,
            "insert into ops.applied_files select " ~ files ~ " from ops.landed_files"
            ~ " where " ~ is_resource ~ " and path not in (" ~ bad ~ ")",
            "delete from ops.applied_columns where " ~ is_resource,
            "insert into ops.applied_columns select resource, column_name, column_type, "
            ~ fingerprint(resource) ~ " from ops.staged_columns where " ~ is_resource,
        ])
    }}
{%- endmacro %}

{#- A resource is applied when all that reads its changed files has succeeded in one run. -#}
{% macro note_applied(results) -%}
    {%- set done = results | selectattr("status", "equalto", "success") -%}
    {%- set done = done | map(attribute="node.name") | list -%}
    {%- for name in done if name.startswith("stg_") and "unknown_owners" in done -%}
        {%- set resource = name[4:] -%}
        {%- set is_keyed = "model.mx.state_" ~ resource in graph.nodes -%}
        {%- for statement in applied_statements(resource) if "state_" ~ resource in done or not is_keyed -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{#- Tell the plugin what ran and what there is: whether a build is complete is its to know
    (`ingest/warehouse/build/completeness.py`). -#}
{% macro note_results(results) -%}
    {%- if execute and (writes() or flags.WHICH == "test") -%}
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
        {%- do fetch("select " ~ ask_plugin("note", text_literal(tojson(run))) ~ " as done") -%}
    {%- endif -%}
{%- endmacro %}

{#- Publish what is complete, and say what is not. -#}
{% macro finish_build() -%}
    {%- if execute and flags.WHICH in ("build", "retry") and not flags.EMPTY -%}
        {%- set said = fetch("select " ~ ask_plugin("finish") ~ " as said")[0].said -%}
        {{ print(said) if said }}
    {%- endif -%}
{%- endmacro %}

{#- Whether a test may look at what is new alone: in a build, where it has passed on all the rest. -#}
{% macro looks_at_news() -%}
    {%- set passed = fetch("select node from ops.passed_nodes where node = " ~ text_literal(model.unique_id)) -%}
    {{ return(flags.WHICH == "build" and passed | length > 0) }}
{%- endmacro %}
