{#- Some tables of `ops` are kept by the new lines of the ledger. `ops.read_batches` says which builds'
    lines each of their models has read. A changed model or macro has read none, and is rebuilt. -#}
{% macro reader_of(name) -%}
    {%- if not execute -%}
        {{ return(name) }}
    {%- endif -%}
    {%- set texts = graph.nodes["model.mx." ~ name].raw_code ~ ask_plugin("macros") -%}
    {{ return(name ~ " " ~ local_md5(texts)) }}
{%- endmacro %}

{#- The batches that a model has read, as SQL. -#}
{% macro batches_read_by(name) -%}
    (select batch from ops.read_batches where reader = {{ text_literal(reader_of(name)) }})
{%- endmacro %}

{% macro has_read_lines(name) %}{{ return(fetch(batches_read_by(name)) != []) }}{% endmacro %}

{#- Whether a line of the ledger is new for a model. A model waits for lines that its parent `after` has
    not read. -#}
{% macro is_new_line(name, after=none) -%}
    batch not in {{ batches_read_by(name) }}
    {%- if after %} and batch in {{ batches_read_by(after) }}{% endif -%}
{%- endmacro %}

{#- Keep the rows whose keys new lines name. An increment makes them again. -#}
{% macro has_new_lines(name, keys, after=none) -%}
    ({{ keys }}) in (select {{ keys }} from {{ ref("ledger") }} where {{ is_new_line(name, after) }})
{%- endmacro %}

{% macro delete_rows_made_again(name, keys, after=none) -%}
    {%- if is_incremental() and not flags.EMPTY -%}
    delete from {{ this }} where {{ has_new_lines(name, keys, after) }}
    {%- endif -%}
{%- endmacro %}

{% macro note_batches_read(name, after=none) -%}
    {%- if not flags.EMPTY -%}
    insert into ops.read_batches
    select distinct {{ text_literal(reader_of(name)) }} as reader, batch
    from {{ ref("ledger") }}
    where {{ is_new_line(name, after) }}
    {%- endif -%}
{%- endmacro %}
