{# nothing is deleted for want of an owner: a feed need not have a baseline #}
{{ config(severity='warn') }}

{% for resource in var('keyed_resources') + var('logs') if resource != 'users' %}
-- depends_on: {{ ref(resource) }}
{% endfor %}
{{ find_breaches('main', rules=unknown_owners) }}
