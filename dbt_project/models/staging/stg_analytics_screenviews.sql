{{ stage('analytics_screenviews') }}
