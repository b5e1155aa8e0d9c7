{#- One row an account and day: the version that held at the day's end, without the accounts whose user
    or member was absent then. `days` has versions of accounts, each with a day on which it held. -#}
{% macro balances_on(days, absences) -%}
select
    _client_guid as client_guid,
    cast(guid as varchar) as account_guid,
    user_guid,
    member_guid,
    account_type,
    currency_code,
    balance,
    coalesce(try_cast(is_closed as boolean), false) as is_closed,
    coalesce(try_cast(is_hidden as boolean), false) as is_hidden,
    day,
    valid_from as balance_from,
    latest_day
from {{ days }} as days
where
    {%- for column, owner in {"user_guid": "users", "member_guid": "members"}.items() %}
    {{ "and " if not loop.first }}not exists (
        select 1
        from {{ absences }} as absences
        where
            absences.resource = '{{ owner }}'
            and absences.client_guid = days._client_guid
            and absences.guid = days.{{ column }}
            and absences.absent_from <= days.day
            and coalesce(absences.absent_to > days.day, true)
    )
    {%- endfor %}
{%- endmacro %}

{#- What a balance is told by, of each version of an account. -#}
{% macro account_versions(accounts) -%}
select
    _client_guid,
    guid,
    balance,
    is_closed,
    is_hidden,
    valid_from,
    valid_to,
    cast(user_guid as varchar) as user_guid,
    cast(member_guid as varchar) as member_guid,
    cast(account_type as varchar) as account_type,
    cast(currency_code as varchar) as currency_code
from {{ accounts }}
{%- endmacro %}

{#- DuckDB keeps the query under a name, with the days as parameters. It names no database: a file
    that is copied has another. -#}
{% macro create_account_balances() -%}
create or replace macro marts.account_balances(from_date, to_date) as table
with latest_days as (

    {{ latest_days("ops.deliveries") }}

),

versions as (

    {{ account_versions("history.accounts") }}

),

days as (

    select
        versions.*,
        latest_days.latest_day,
        cast(
            unnest(
                generate_series(
                    greatest(versions.valid_from, cast(from_date as date)),
                    least(
                        versions.valid_to - 1, latest_days.latest_day, cast(to_date as date)
                    ),
                    interval 1 day
                )
            ) as date
        ) as day
    from versions
    inner join latest_days on versions._client_guid = latest_days.client_guid

)

select * exclude (latest_day) from ({{ balances_on("days", "marts.owner_absences") }})
{%- endmacro %}
