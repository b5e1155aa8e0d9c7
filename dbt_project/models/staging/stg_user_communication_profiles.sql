{{ stage('user_communication_profiles') }}
