{# counted with each batch of files, so the last of them is to come first #}
{% for resource in var('keyed_resources') + var('logs') + var('logs_without_keys') %}
-- depends_on: {{ ref(resource) }}
{% endfor %}
-- depends_on: {{ ref('new_resources') }}

select
    _source_file,
    column_name,
    row_count
from ops.counted_misfits
