{{ config(materialized='hidden') }}

{{ hidden_keys(state=ref('state_tags'), current=ref('tags')) }}
