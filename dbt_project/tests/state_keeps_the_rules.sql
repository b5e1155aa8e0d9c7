{% for resource in var('keyed_resources') %}
-- depends_on: {{ ref('state_' ~ resource) }}
{% endfor %}
{{ find_breaches('state', rules=breaches_of_state) }}
