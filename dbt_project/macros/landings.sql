{#- The folders and prefixes with a landing and a ledger, each ending in a slash. Only Spark reads several. -#}
{% macro landings() -%}
    {%- set folders = [] -%}
    {%- set named = env_var("MX_LANDINGS", "") if execute and target.type == "spark" else "" -%}
    {%- for folder in named.replace(",", " ").split() -%}
        {%- do folders.append(folder.rstrip("/") ~ "/") -%}
    {%- endfor -%}
    {{ return(folders or [data_folder()]) }}
{%- endmacro %}

{#- Landed files by the landing that holds them. A client, whose name a file has, belongs to one landing. -#}
{% macro by_landing(paths) -%}
    {%- if landings() | length == 1 -%}
        {{ return({landings()[0]: paths}) }}
    {%- endif -%}
    {%- set query = "select distinct client_guid, ledger_file from ops.ledger where what = 'landed'" -%}
    {%- set homes, found = {}, {} -%}
    {%- for client in fetch(query) -%}
        {%- do homes.update({client.client_guid: client.ledger_file}) -%}
    {%- endfor -%}
    {%- for path in paths -%}
        {%- do found.setdefault(homes[path.split("/")[-1].split(".")[0]], []).append(path) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Refuse, before anything is built, what the plugin refuses on DuckDB: lines that cannot be read, landed
    files that are gone from the ledger without a record, and a client in two landings. -#}
{% macro check_landings() -%}
    {%- for found in fetch(problems_of_landings()) -%}
        {{ exceptions.raise_compiler_error(found.problem) }}
    {%- endfor -%}
{%- endmacro %}

{% macro problems_of_landings() -%}
    with lines as (
        {%- for folder in landings() %}
        select
            {{ text_literal(folder) }} as folder,
            value,
            from_json(value, 'what string, client_guid string, path string') as line
        from text.`{{ folder }}ledger/*.jsonl`
        {{ "union all" if not loop.last }}
        {%- endfor %}
    )

    select
        concat('ledger ', folder, 'ledger: expected JSON on each line, found ', count(*), ' others, as ',
            left(min(value), 60)) as problem
    from lines
    where line.what is null
    group by folder
    union all
    select
        concat('client ', line.client_guid, ': expected in one of MX_LANDINGS, found in ',
            array_join(array_sort(collect_set(folder)), ' and '))
    from lines
    where line.what = 'landed'
    group by line.client_guid
    having count(distinct folder) > 1
    union all
    select
        concat('ledger: expected a record of each landed file, found none of ', min(path), ' (',
            count(*), ' in all)')
    from ops.applied_files
    where path not in (select line.path from lines where line.path is not null)
    having count(*) > 0
{%- endmacro %}
