{%- set resources = [
    'accounts',
    'analytics_events',
    'analytics_pageviews',
    'analytics_screenviews',
    'analytics_timed_events',
    'beat',
    'beat_feedback',
    'budgets',
    'categories',
    'devices',
    'discovered_accounts',
    'discovered_transactions',
    'goals',
    'holdings',
    'insights',
    'members',
    'notification_profiles',
    'taggings',
    'tags',
    'transactions',
    'user_communication_profiles',
    'users',
] -%}
{#- the staging views of resources without a model are built with this one -#}
{%- set new_resources = ref('new_resources') -%}
{%- set views = [] -%}
{%- for resource in resources -%}
    {%- do views.append(ref('stg_' ~ resource)) -%}
{%- endfor -%}
{%- if execute -%}
    {%- for resource in run_query('select resource from ' ~ new_resources).columns[0] -%}
        {%- do views.append(new_relation('staging', 'stg_' ~ resource)) -%}
    {%- endfor -%}
{%- endif -%}
with misfits as (

    {% for view in views %}
        select
            _source_file,
            _event_misfits
        from {{ view }}
        where _event_misfits is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

named as (

    select
        _source_file,
        unnest(_event_misfits) as column_name
    from misfits

)

select
    _source_file,
    column_name,
    count(*) as row_count
from named
group by _source_file, column_name
