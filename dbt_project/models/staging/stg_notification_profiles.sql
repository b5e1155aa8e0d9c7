{{ stage('notification_profiles') }}
