{{ config(materialized='hidden') }}

{{ hidden_keys(state=ref('state_users'), current=ref('users')) }}
