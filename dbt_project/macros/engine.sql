{#- All that DuckDB and Spark say differently, one short macro a difference. Everything else in this
    project is SQL that both of them read. -#}

{#- The rows of a query as a list of dictionaries. They come as one JSON text, because dbt guesses at
    the types of what a query returns: a text "null" or "true" would not stay a text. -#}
{% macro fetch(query) -%}
    {%- set found = run_query(as_one_text(query)).columns[0].values()[0] if execute -%}
    {{ return(fromjson(found) if found else []) }}
{%- endmacro %}

{% macro as_one_text(query) %}{{ adapter.dispatch("as_one_text", "mx")(query) }}{% endmacro %}
{% macro duckdb__as_one_text(query) -%}
    select cast(to_json(list(found)) as varchar) as found from ({{ query }}) as found
{%- endmacro %}

{% macro spark__as_one_text(query) -%}
    select to_json(collect_list(struct(*)), map('ignoreNullFields', 'false')) as found from ({{ query }})
{%- endmacro %}

{#- Columns of a relation, all but some, in its order. `absent` are columns of it that the rows of
    that alias do not have; `replaced` says what stands in the place of some. -#}
{% macro columns_except(alias, relation, names, absent=[], replaced={}) -%}
    {{ adapter.dispatch("columns_except", "mx")(alias, relation, names, absent, replaced) }}
{%- endmacro %}

{% macro duckdb__columns_except(alias, relation, names, absent, replaced) -%}
    {{ alias }}.* exclude (
        {%- for name in names %}{{ adapter.quote(name) }}{{ ", " if not loop.last }}{% endfor -%}
    )
    {%- for name, value in replaced.items() %}
    {{ "replace (" if loop.first }}{{ value }} as {{ adapter.quote(name) }}{{ ")" if loop.last else "," }}
    {%- endfor %}
{%- endmacro %}

{% macro spark__columns_except(alias, relation, names, absent, replaced) -%}
    {%- set kept = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) if execute -%}
        {%- set name = adapter.quote(column.name) -%}
        {%- if column.name in replaced -%}
            {%- do kept.append(replaced[column.name] ~ " as " ~ name) -%}
        {%- elif column.name not in names + absent -%}
            {%- do kept.append(alias ~ "." ~ name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ kept | join(", ") or "1" }}
{%- endmacro %}

{#- Rows of landed files of one schema. A file's own columns win over the names of its folders. -#}
{% macro read_landing(paths) %}{{ adapter.dispatch("read_landing", "mx")(paths) }}{% endmacro %}
{% macro duckdb__read_landing(paths) -%}
    read_parquet(
        [{% for path in paths %}{{ text_literal(data_folder() ~ path) }}{{ ", " if not loop.last }}{% endfor %}],
        hive_partitioning = false
    )
{%- endmacro %}

{% macro spark__read_landing(paths) -%}
    parquet.`{{ data_folder() }}{{ "{" ~ paths | join(",") ~ "}" if paths | length > 1 else paths[0] }}`
{%- endmacro %}

{#- The records of one file of the ledger; a field that a record does not have is null. -#}
{% macro read_ledger(fields, path) -%}
    {{ adapter.dispatch("read_ledger", "mx")(fields, path) }}
{%- endmacro %}

{#- ignore_errors passes over a last line that a crash cut off; that all others can be read has been
    checked before dbt connects. -#}
{% macro duckdb__read_ledger(fields, path) -%}
    read_json(
        {{ text_literal(data_folder() ~ path) }},
        format = 'newline_delimited',
        columns = {{ fields }},
        ignore_errors = true
    )
{%- endmacro %}

{% macro spark__read_ledger(fields, path) -%}
    (
        select
            {%- for name, type in fields.items() %}
            cast(record.`{{ name }}` as {{ engine_type(type) }}) as `{{ name }}`{{ "," if not loop.last }}
            {%- endfor %}
        from (
            select from_json(value, '
                {%- for name, type in fields.items() -%}
                {{ name }} {{ engine_type(type | replace("timestamptz", "varchar")) }}{{ ", " if not loop.last }}
                {%- endfor -%}') as record
            from text.`{{ data_folder() }}{{ path }}`
        )
        where record.recorded_at is not null
    )
{%- endmacro %}

{#- The structs in a list column as rows, each with its ordinal from 1. -#}
{% macro unnest_rows(relation, column, fields, kept) -%}
    {{ adapter.dispatch("unnest_rows", "mx")(relation, column, fields, kept) }}
{%- endmacro %}

{% macro duckdb__unnest_rows(relation, column, fields, kept) -%}
    select
        {{ kept | join(", ") }},
        unnest({{ column }}, max_depth := 2),
        cast(generate_subscripts({{ column }}, 1) as integer) as ordinal
    from {{ relation }}
{%- endmacro %}

{% macro spark__unnest_rows(relation, column, fields, kept) -%}
    select
        {{ kept | join(", ") }},
        {% for field in fields %}item.`{{ field }}`, {% endfor %}
        place + 1 as ordinal
    from {{ relation }}
    lateral view posexplode({{ column }}) items as place, item
{%- endmacro %}

{#- Our words for types, which are DuckDB's, as the engine knows them. -#}
{% macro engine_type(type) %}{{ adapter.dispatch("engine_type", "mx")(type) }}{% endmacro %}
{% macro duckdb__engine_type(type) %}{{ type }}{% endmacro %}
{% macro spark__engine_type(type) -%}
    {%- set ours = {"varchar": "string", "timestamptz": "timestamp", "timestamp": "timestamp_ntz", "blob": "binary"} -%}
    {%- if type.endswith("[]") -%}
    array<{{ engine_type(type[:-2]) }}>
    {%- elif type.startswith("struct(") -%}
    struct<
        {%- for field in types_within(type) -%}
        `{{ field.split('"')[1] }}`: {{ engine_type(field.split('" ', 1)[1]) }}{{ ", " if not loop.last }}
        {%- endfor -%}
    >
    {%- elif type.startswith("map(") -%}
    map<{{ engine_type(types_within(type)[0]) }}, {{ engine_type(types_within(type)[1]) }}>
    {%- else -%}
    {{ ours.get(type, type) }}
    {%- endif -%}
{%- endmacro %}

{#- What stands between the outermost parentheses of a type, each part in one. -#}
{% macro types_within(type) -%}
    {%- set found = namespace(parts=[], part="") -%}
    {%- for piece in type[type.index("(") + 1:-1].split(", ") -%}
        {%- set found.part = found.part ~ piece -%}
        {%- if found.part.count("(") == found.part.count(")") -%}
            {%- do found.parts.append(found.part) -%}
            {%- set found.part = "" -%}
        {%- else -%}
            {%- set found.part = found.part ~ ", " -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found.parts) }}
{%- endmacro %}

{#- Whether all of a text has a form. Spark's $ is before a line's end, too. -#}
{% macro matches(value, pattern) %}{{ adapter.dispatch("matches", "mx")(value, pattern) }}{% endmacro %}
{% macro duckdb__matches(value, pattern) %}regexp_full_match({{ value }}, '{{ pattern }}'){% endmacro %}
{% macro spark__matches(value, pattern) -%}
    regexp_extract({{ value }}, '^({{ pattern }})$', 1) = nullif({{ value }}, '')
{%- endmacro %}

{#- A double as people write it: 12345678.5, where Spark says 1.23456785E7. -#}
{% macro double_as_text(value) %}{{ adapter.dispatch("double_as_text", "mx")(value) }}{% endmacro %}
{% macro duckdb__double_as_text(value) %}cast({{ value }} as varchar){% endmacro %}
{% macro spark__double_as_text(value) -%}
    {%- set text = "cast(" ~ value ~ " as string)" -%}
    {%- set small = "replace(replace(lower(" ~ text ~ "), '.0e', 'e'), 'infinity', 'inf')" -%}
    case
        when abs({{ value }}) >= 1e-4 and abs({{ value }}) < 1e16
            then regexp_replace(cast(try_cast({{ text }} as decimal(38, 21)) as string), '([.][0-9]+?)0+$', '$1')
        else regexp_replace(regexp_replace({{ small }}, 'e([0-9])', 'e+$1'), 'e-([0-9])$', 'e-0$1')
    end
{%- endmacro %}

{#- A nested value as JSON text. -#}
{% macro as_json(value) %}{{ adapter.dispatch("as_json", "mx")(value) }}{% endmacro %}
{% macro duckdb__as_json(value) %}cast(to_json({{ value }}) as varchar){% endmacro %}
{% macro spark__as_json(value) %}to_json({{ value }}, map('ignoreNullFields', 'false')){% endmacro %}

{#- A count of microseconds since 1970 as a moment. -#}
{% macro moment_of(microseconds) %}{{ adapter.dispatch("moment_of", "mx")(microseconds) }}{% endmacro %}
{% macro duckdb__moment_of(microseconds) %}make_timestamptz({{ microseconds }}){% endmacro %}
{% macro spark__moment_of(microseconds) %}timestamp_micros({{ microseconds }}){% endmacro %}

{#- What `ingest.warehouse.plugin` does or knows; nothing where there is no such plugin. -#}
{% macro ask_plugin(action, argument="''") -%}
    {{ return(adapter.dispatch("ask_plugin", "mx")(action, argument)) }}
{%- endmacro %}

{% macro default__ask_plugin(action, argument) %}{{ return("cast(null as " ~ dbt.type_string() ~ ")") }}{% endmacro %}
{% macro duckdb__ask_plugin(action, argument) -%}
    {{ return("ask_plugin(" ~ text_literal(action) ~ ", " ~ argument ~ ")") }}
{%- endmacro %}

{#- The texts in a list column as rows. -#}
{% macro explode_texts(relation, column, as_name, kept) -%}
    {{ adapter.dispatch("explode_texts", "mx")(relation, column, as_name, kept) }}
{%- endmacro %}

{% macro duckdb__explode_texts(relation, column, as_name, kept) -%}
    select {{ kept | join(", ") }}, unnest({{ column }}) as {{ as_name }} from {{ relation }}
{%- endmacro %}

{% macro spark__explode_texts(relation, column, as_name, kept) -%}
    select {{ kept | join(", ") }}, explode({{ column }}) as {{ as_name }} from {{ relation }}
{%- endmacro %}

{#- Run statements as one; returns what went wrong, where the engine can go on after that. -#}
{% macro run_together(statements) %}{{ return(adapter.dispatch("run_together", "mx")(statements)) }}{% endmacro %}
{% macro default__run_together(statements) -%}
    {%- for statement in statements -%}
        {%- do run_query(statement) -%}
    {%- endfor -%}
    {{ return("") }}
{%- endmacro %}

{#- They run beside dbt's own transaction, which is ended first: it would not see what they change. -#}
{% macro duckdb__run_together(statements) -%}
    {%- call statement("begin_any") -%}select 1{%- endcall -%}
    {%- do adapter.commit() -%}
    {%- set text = text_literal(statements | join(";\n")) -%}
    {{ return(fetch("select " ~ ask_plugin("attempt", text) ~ " as problem")[0].problem) }}
{%- endmacro %}

{#- The UTC day of a moment. Spark's session is in UTC, as its profile says; DuckDB asks a reader's. -#}
{% macro utc_day(moment) %}{{ adapter.dispatch("utc_day", "mx")(moment) }}{% endmacro %}
{% macro duckdb__utc_day(moment) %}cast({{ moment }} at time zone 'UTC' as date){% endmacro %}
{% macro spark__utc_day(moment) %}cast({{ moment }} as date){% endmacro %}

{#- The first day of each month from one day until another, a row each; Spark gives one in any case. -#}
{% macro each_month(first, last) -%}
    {{ adapter.dispatch("each_month", "mx")("date_trunc('month', " ~ first ~ ")", last) }}
{%- endmacro %}

{% macro duckdb__each_month(first, last) -%}
    cast(unnest(generate_series({{ first }}, {{ last }}, interval 1 month)) as date)
{%- endmacro %}

{% macro spark__each_month(first, last) -%}
    explode(sequence(cast({{ first }} as date), cast(greatest({{ first }}, {{ last }}) as date), interval 1 month))
{%- endmacro %}

{#- The storage format of a table that no model makes. -#}
{% macro table_format() %}{{ adapter.dispatch("table_format", "mx")() }}{% endmacro %}
{% macro duckdb__table_format() -%}{%- endmacro %}
{% macro spark__table_format() -%}
    using {{ var("file_format", "delta") }} {{ options_clause() }} {{ tblproperties_clause() }}
{%- endmacro %}
