{{ stage('goals') }}
