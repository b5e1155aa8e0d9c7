{{ stage('analytics_timed_events') }}
