{#- One test looks at all tables of a schema, for each node of dbt's has its price; by a statement for
    each table, so that memory need hold one. Which tables broke which rule is printed.
    `rules` is the macro that says of a table what breaks them. -#}
{% macro find_breaches(schema, rules, owners_matter=false) -%}
    {%- if execute and flags.WHICH in ("build", "test") -%}
    {%- do run_sql("create or replace temp table breaches as " ~ no_breaches()) -%}
    {%- set written = written_tables() -%}
    {%- for table in tables_to_test(schema, written, owners_matter) -%}
        {%- set name = schema ~ "." ~ table.alias -%}
        {%- set is_all = flags.WHICH == "test" or written.get(name, false) -%}
        {%- set named = "select " ~ text_literal(name) ~ ", *" -%}
        {%- set found = rules(new_relation(schema, table.alias), owners_of(table), is_all) -%}
        {%- do run_sql("insert into breaches " ~ named ~ " from (" ~ found ~ ")") if found -%}
    {%- endfor -%}
    {%- do print_breaches() -%}
select * from breaches
    {%- else -%}
{{ no_breaches() }}
    {%- endif -%}
{%- endmacro %}

{% macro no_breaches() -%}
select
    cast(null as varchar) as relation,
    cast(null as varchar) as rule,
    cast(null as varchar) as whose,
    cast(null as varchar) as what
where false
{%- endmacro %}

{% macro print_breaches() -%}
    {%- set query -%}
        select
            relation,
            rule,
            count(*),
            min(concat_ws(', ', whose, what))
        from breaches
        group by relation, rule
        order by relation, rule
    {%- endset -%}
    {%- for relation, rule, count, first in run_sql(query) -%}
        {{ print(relation ~ ": expected " ~ rule ~ ", found " ~ count ~ " breaches: " ~ first) }}
    {%- endfor -%}
{%- endmacro %}

{#- The tables that a test refers to; in a build those that it has written, and where owners matter
    those whose owners it has. -#}
{% macro tables_to_test(schema, written, owners_matter) -%}
    {%- set tables = [] -%}
    {%- for id in model.depends_on.nodes if graph.nodes[id].schema == schema -%}
        {%- set table = graph.nodes[id] -%}
        {%- set names = [schema ~ "." ~ table.alias] -%}
        {%- for owner in owners_of(table).values() if owners_matter -%}
            {%- do names.append("main." ~ owner) -%}
        {%- endfor -%}
        {%- if flags.WHICH == "test" or names | select("in", written) | list -%}
            {%- do tables.append(table) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}
