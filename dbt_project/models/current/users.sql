{{
    current(
        log=ref('stg_users'),
        state=ref('state_users'),
    )
}}
