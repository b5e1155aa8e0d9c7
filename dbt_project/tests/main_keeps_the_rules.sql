{% for resource in var('keyed_resources') + var('logs') %}
-- depends_on: {{ ref(resource) }}
{% endfor %}
{{ find_breaches('main', rules=breaches_of_main, owners_matter=true) }}
