{#- Sail has no ALTER TABLE ADD COLUMNS: a merge of no rows widens a Delta table. -#}
{% macro spark__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
    {%- for column in add_columns -%}
        {%- do run_query(
            "merge with schema evolution into " ~ relation ~ " as kept using (select *, cast(null as "
            ~ column.data_type ~ ") as " ~ column.quoted ~ " from " ~ relation
            ~ " where false) as widened on false when not matched then insert *"
        ) -%}
    {%- endfor -%}
{%- endmacro %}

{#- Sail's catalogue keeps the columns that a table was made with; it asks a view for its columns each time. -#}
{% macro spark__get_columns_in_relation_raw(relation) -%}
    {%- do run_query("create or replace temporary view columns_now as select * from " ~ relation) -%}
    {{ return(run_query("describe extended columns_now")) }}
{%- endmacro %}
