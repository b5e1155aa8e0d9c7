{#- One row an account and day: the version valid at the day's end. Accounts whose user or member was
    absent that day are left out. `days` has versions of accounts, each with a day of its validity. -#}
{% macro balances_on(days, absences, also=[]) -%}
select
    _client_guid as client_guid,
    cast(guid as {{ dbt.type_string() }}) as account_guid,
    user_guid,
    member_guid,
    account_type,
    currency_code,
    balance,
    coalesce(try_cast(is_closed as boolean), false) as is_closed,
    coalesce(try_cast(is_hidden as boolean), false) as is_hidden,
    day,
    {{ (["valid_from as balance_from"] + also) | join(",\n    ") }}
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

{#- The columns of account versions that balances need, by name: other fields could clash with ours. -#}
{% macro account_versions(accounts) -%}
select
    _client_guid,
    guid,
    balance,
    is_closed,
    is_hidden,
    valid_from,
    valid_to,
    cast(user_guid as {{ dbt.type_string() }}) as user_guid,
    cast(member_guid as {{ dbt.type_string() }}) as member_guid,
    cast(account_type as {{ dbt.type_string() }}) as account_type,
    cast(currency_code as {{ dbt.type_string() }}) as currency_code
from {{ accounts }}
{%- endmacro %}
