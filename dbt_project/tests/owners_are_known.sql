{# nothing is deleted for want of an owner: the feed has no baseline #}
{{ config(severity='warn') }}

{% for resource in var('keyed_resources') + var('logs') if resource != 'users' %}
-- depends_on: {{ ref(resource) }}
{% endfor %}
{{ find_breaches('main', rules=unknown_owners) }}
