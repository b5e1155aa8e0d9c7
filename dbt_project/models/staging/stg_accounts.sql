{{
    stage(
        'accounts',
        files=ref('landed_files'),
        columns=ref('landed_columns'),
        widened=ref('widened_columns'),
    )
}}
