{{ config(materialized='hidden') }}

{{ hidden_keys(state=ref('state_accounts'), current=ref('accounts')) }}
