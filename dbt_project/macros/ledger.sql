{#- Without the plugin nobody tells what is new, and all files are read. -#}
{% macro ledger_files() -%}
    {%- set told = fetch("select " ~ ask_plugin("ledger") ~ " as files") -%}
    {%- set all_files = [{"file": "*.jsonl", "mark": ""}] -%}
    {{ return((fromjson(told[0].files) if told[0].files else all_files) if execute else []) }}
{%- endmacro %}

{% macro ledger_files_to_read() -%}
    {%- set query = "select file, mark from " ~ source("bookkeeping", "ledger_marks") -%}
    {%- set read = fetch(query) if is_incremental() else [] -%}
    {{ return(ledger_files() | reject("in", read) | list) }}
{%- endmacro %}

{% macro delete_files_read_again() -%}
    {%- set files = ledger_files_to_read() -%}
    {%- if is_incremental() and files -%}
    delete from {{ this }} where ledger_file in ({{ texts(files | map(attribute="file")) }})
    {%- endif -%}
{%- endmacro %}

{% macro note_ledger_read() -%}
    {%- do run_query("delete from ops.ledger_marks where true") -%}
    {%- for file in ledger_files() if file.mark -%}
        {%- do run_query("insert into ops.ledger_marks values (" ~ texts([file.file, file.mark]) ~ ")") -%}
    {%- endfor -%}
{%- endmacro %}
