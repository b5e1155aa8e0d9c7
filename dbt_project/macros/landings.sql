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
