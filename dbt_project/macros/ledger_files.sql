{#- The files of the ledger with lines that the table does not have. The plugin keeps its answer for the
    hooks. Without the plugin, each build reads all files again. -#}
{% macro new_ledger_lines(columns) -%}
    {%- set query = "select file, mark from " ~ source("bookkeeping", "ledger_marks") -%}
    {%- set is_kept = is_incremental() and columns | reject("in", column_names(this)) | list == [] -%}
    {%- set marks = fetch(query) if is_kept else [] -%}
    {{ return(ledger_answer("ledger", marks)) }}
{%- endmacro %}

{% macro ledger_answer(action, argument=none) -%}
    {%- set all_files = [] -%}
    {%- for folder in landings() -%}
        {%- do all_files.append(
            {"file": folder, "folder": folder, "path": "ledger/*.jsonl", "is_read_again": true}
        ) -%}
    {%- endfor -%}
    {%- set files = ask_plugin(action, argument) -%}
    {{ return((all_files if files is none else files) if execute else []) }}
{%- endmacro %}

{#- Without this, the lines of a file that has changed before its new lines would be there twice. Tables kept
    by new lines would keep rows that only lines which are gone had made. -#}
{% macro delete_lines_read_again() -%}
    {%- set files = ledger_answer("ledger_read") | selectattr("is_read_again") | list -%}
    {%- do run_query("delete from ops.read_batches where true") if files and execute -%}
    {%- if is_incremental() and files -%}
    delete from {{ this }}
    where {{ "true" if "folder" in files[0] else "ledger_file in (" ~ texts(files | map(attribute="file")) ~ ")" }}
    {%- endif -%}
{%- endmacro %}

{#- In the transaction of the lines, so that a build that is killed neither loses nor repeats any. -#}
{% macro note_lines_read() -%}
    {%- set files = ledger_answer("ledger_read") | selectattr("mark", "defined") | list -%}
    {%- if files -%}
    delete from ops.ledger_marks where file in ({{ texts(files | map(attribute="file")) }});
    insert into ops.ledger_marks values
    {%- for file in files %}
    ({{ texts([file.file, file.mark]) }}){{ "," if not loop.last }}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
