{{ config(materialized='hidden') }}

{{ hidden_keys(state=ref('state_discovered_accounts'), current=ref('discovered_accounts')) }}
