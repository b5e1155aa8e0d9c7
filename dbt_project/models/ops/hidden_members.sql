{{ config(materialized='hidden') }}

{{ hidden_keys(state=ref('state_members'), current=ref('members')) }}
