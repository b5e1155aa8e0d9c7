with logged as (

    {% for log, product in {
        'analytics_events': 'cast(data_source as ' ~ dbt.type_string() ~ ')',
        'analytics_pageviews': "'web'",
        'analytics_screenviews': "'mobile'",
        'analytics_timed_events': "'mobile'",
    }.items() %}
        select
            '{{ log }}' as log,
            _client_guid as client_guid,
            {{ product }} as data_source,
            cast(user_guid as {{ dbt.type_string() }}) as user_guid,
            {{ utc_day('created_at') }} as day
        from {{ ref(log) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

marked as (

    select
        logged.client_guid,
        logged.log,
        logged.user_guid,
        logged.day,
        case
            when logged.data_source in ('web', 'mobile') then logged.data_source
            else 'unknown'
        end as product,
        users.guid is not null as is_left_out
    from logged
    left outer join {{ ref('users') }} as users
        on
            logged.client_guid = users._client_guid
            and logged.user_guid = users.guid
            and try_cast(users.is_excluded_from_analytics as boolean)

)

select
    client_guid,
    day,
    product,
    count(distinct user_guid) filter (where not is_left_out) as active_users,
    count(*) filter (where not is_left_out and log = 'analytics_events') as events,
    count(*) filter (where not is_left_out and log = 'analytics_pageviews') as page_views,
    count(*) filter (where not is_left_out and log = 'analytics_screenviews') as screen_views,
    count(*) filter (where not is_left_out and log = 'analytics_timed_events') as timed_events,
    count(*) filter (where user_guid is null) as rows_without_user,
    count(*) filter (where is_left_out) as rows_left_out
from marked
group by client_guid, day, product
