{{ stage('analytics_pageviews') }}
