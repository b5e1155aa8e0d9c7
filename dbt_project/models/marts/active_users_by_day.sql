with logged as (

    {% for log, product in {
        'analytics_events': "cast(data_source as varchar)",
        'analytics_pageviews': "'web'",
        'analytics_screenviews': "'mobile'",
        'analytics_timed_events': "'mobile'",
    }.items() %}
        select
            '{{ log }}' as log,
            _client_guid as client_guid,
            {{ product }} as product,
            cast(user_guid as varchar) as user_guid,
            cast(created_at at time zone 'UTC' as date) as day
        from {{ ref(log) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

marked as (

    select
        logged.*,
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
    case when product in ('web', 'mobile') then product else 'unknown' end as product,
    count(distinct user_guid) filter (where not is_left_out) as active_users,
    count(*) filter (where not is_left_out and log = 'analytics_events') as events,
    count(*) filter (where not is_left_out and log = 'analytics_pageviews') as page_views,
    count(*) filter (where not is_left_out and log = 'analytics_screenviews') as screen_views,
    count(*) filter (where not is_left_out and log = 'analytics_timed_events') as timed_events,
    count(*) filter (where user_guid is null) as rows_without_user,
    count(*) filter (where is_left_out) as rows_left_out
from marked
group by all
