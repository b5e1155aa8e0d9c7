{{ config(materialized='hidden') }}

{{ hidden_keys(state=ref('state_transactions'), current=ref('transactions')) }}
