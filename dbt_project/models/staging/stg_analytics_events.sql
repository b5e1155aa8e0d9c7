{{ stage('analytics_events') }}
