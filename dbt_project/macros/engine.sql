{#- Everything that DuckDB and Spark write differently, one short macro for each difference. Both read all
    other SQL of this project. -#}

{#- The rows of a query as a list of dictionaries. They come as one JSON text, because dbt guesses the
    types of query results: a text "null" or "true" would not stay a text. -#}
{% macro fetch(query) -%}
    {%- set found = run_query(adapter.dispatch("as_one_text", "mx")(query)).columns[0].values()[0] if execute -%}
    {{ return(fromjson(found) if found else []) }}
{%- endmacro %}
{% macro duckdb__as_one_text(query) -%}
    select cast(to_json(list(found)) as varchar) as found from ({{ query }}) as found
{%- endmacro %}
{% macro spark__as_one_text(query) -%}
    select to_json(collect_list(struct(*)), map('ignoreNullFields', 'false')) as found from ({{ query }})
{%- endmacro %}

{#- The columns of a relation in its order, except some names. `absent` names columns that the rows of
    this alias lack. `replaced` gives other values for some columns. -#}
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

{#- The rows of landed files of one schema. A file's own columns win over the names of its folders. -#}
{% macro read_landing(paths) %}{{ adapter.dispatch("read_landing", "mx")(paths) }}{% endmacro %}
{% macro duckdb__read_landing(paths) -%}
    read_parquet(
        [{% for path in paths %}{{ text_literal(data_folder() ~ path) }}{{ ", " if not loop.last }}{% endfor %}],
        hive_partitioning = false
    )
{%- endmacro %}
{% macro spark__read_landing(paths) -%}
    (
        {%- for folder, paths in by_landing(paths).items() %}
        select * from parquet.`{{ folder }}{{ "{" ~ paths | join(",") ~ "}" if paths | length > 1 else paths[0] }}`
        {{ "union all" if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{#- The records of one file of lines of the ledger. A field that a record lacks is null. DuckDB's
    ignore_errors skips a last line that a crash cut off; the plugin has checked all other lines. -#}
{% macro read_ledger(fields, path) %}{{ adapter.dispatch("read_ledger", "mx")(fields, path) }}{% endmacro %}
{% macro duckdb__read_ledger(fields, path) -%}
    read_json(
        {{ text_literal(path) }},
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
            from text.`{{ path }}`
        )
        where record.recorded_at is not null
    )
{%- endmacro %}

{#- The structs of a list column as rows with the structs' fields, and each row's ordinal from 1. -#}
{% macro unnest_rows(relation, column, kept) -%}
    {{ adapter.dispatch("unnest_rows", "mx")(relation, column, kept) }}
{%- endmacro %}
{% macro duckdb__unnest_rows(relation, column, kept) -%}
    select
        {{ kept | join(", ") }},
        unnest({{ column }}, max_depth := 2),
        cast(generate_subscripts({{ column }}, 1) as integer) as ordinal
    from {{ relation }}
{%- endmacro %}
{% macro spark__unnest_rows(relation, column, kept) -%}
    select {{ kept | join(", ") }}, item.*, place + 1 as ordinal
    from {{ relation }}
    lateral view posexplode({{ column }}) items as place, item
{%- endmacro %}

{#- The values of a list, a row each. -#}
{% macro explode(list) %}{{ adapter.dispatch("explode", "mx")(list) }}{% endmacro %}
{% macro duckdb__explode(list) %}unnest({{ list }}){% endmacro %}
{% macro spark__explode(list) %}explode({{ list }}){% endmacro %}

{#- The engine's name of a type. The project names types as DuckDB does. -#}
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

{#- The parts between the outermost parentheses of a type. -#}
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

{#- A text in which each match of a pattern is replaced. DuckDB replaces only the first one unasked. -#}
{% macro replace_each(text, pattern, new) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ new }}'{{ adapter.dispatch("everywhere", "mx")() }})
{%- endmacro %}
{% macro duckdb__everywhere() %}, 'g'{% endmacro %}
{% macro spark__everywhere() %}{% endmacro %}

{#- A double as people write it: 12345678.5, where Spark writes 1.23456785E7. -#}
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

{#- Microseconds since 1970 as a timestamp. -#}
{% macro moment_of(microseconds) %}{{ adapter.dispatch("moment_of", "mx")(microseconds) }}{% endmacro %}
{% macro duckdb__moment_of(microseconds) %}make_timestamptz({{ microseconds }}){% endmacro %}
{% macro spark__moment_of(microseconds) %}timestamp_micros({{ microseconds }}){% endmacro %}

{#- The answer of the plugin `ingest.warehouse.plugin`; none on an engine without it. `store_relation` hands
    a dictionary to a plugin of dbt-duckdb, and this plugin puts its answer there. -#}
{% macro ask_plugin(action, argument=none) -%}
    {{ return(adapter.dispatch("ask_plugin", "mx")(action, argument) if execute else none) }}
{%- endmacro %}
{% macro default__ask_plugin(action, argument) %}{{ return(none) }}{% endmacro %}
{% macro duckdb__ask_plugin(action, argument) -%}
    {%- set asked = {"action": action, "argument": argument} -%}
    {%- do adapter.store_relation("plugin", api.Relation.create(), [], "", "", asked) -%}
    {{ return(asked.answer) }}
{%- endmacro %}

{#- Run statements in order. On DuckDB they are one transaction of the plugin's, and the macro returns why
    it failed. dbt's own transaction must end first, or it would not see the changes. -#}
{% macro run_together(statements) %}{{ return(adapter.dispatch("run_together", "mx")(statements)) }}{% endmacro %}
{% macro default__run_together(statements) -%}
    {%- for statement in statements -%}
        {%- do run_query(statement) -%}
    {%- endfor -%}
    {{ return("") }}
{%- endmacro %}
{% macro duckdb__run_together(statements) -%}
    {%- call statement("begin_any") -%}select 1{%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return(ask_plugin("attempt", statements)) }}
{%- endmacro %}

{#- The UTC day of a timestamp. Spark's session is in UTC; a reader's session of DuckDB may not be. -#}
{% macro utc_day(moment) %}{{ adapter.dispatch("utc_day", "mx")(moment) }}{% endmacro %}
{% macro duckdb__utc_day(moment) %}cast({{ moment }} at time zone 'UTC' as date){% endmacro %}
{% macro spark__utc_day(moment) %}cast({{ moment }} as date){% endmacro %}

{#- The first day of each month, or each day, between two days, a row each. Spark gives at least one row. -#}
{% macro each(unit, first, last) -%}
    {{ adapter.dispatch("each", "mx")(unit, "date_trunc('" ~ unit ~ "', " ~ first ~ ")", last) }}
{%- endmacro %}
{% macro duckdb__each(unit, first, last) -%}
    cast(unnest(generate_series({{ first }}, {{ last }}, interval 1 {{ unit }})) as date)
{%- endmacro %}
{% macro spark__each(unit, first, last) -%}
    explode(sequence(cast({{ first }} as date), cast(greatest({{ first }}, {{ last }}) as date), interval 1 {{ unit }}))
{%- endmacro %}

{#- The storage format of a table that no model makes. -#}
{% macro table_format() %}{{ adapter.dispatch("table_format", "mx")() }}{% endmacro %}
{% macro duckdb__table_format() %}{% endmacro %}
{% macro spark__table_format() -%}
    using {{ var("file_format", env_var("MX_FILE_FORMAT", "iceberg")) }}
    {{ options_clause() }} {{ tblproperties_clause() }}
{%- endmacro %}
