{{ config(materialized='hidden') }}

{{ hidden_keys(state=ref('state_beat'), current=ref('beat')) }}
