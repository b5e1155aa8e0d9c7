{{ number_versions(ref('stg_beat_feedback')) }}
