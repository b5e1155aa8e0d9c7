{#- No two rows have the same values in these columns. `in_builds: false` leaves it to `dbt test`,
    for views that read all rows. -#}
{% test is_unique(model, columns, in_builds=true) %}
select {{ columns | join(', ') }}
from {{ model }}
where {{ in_builds or flags.WHICH != "build" }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
