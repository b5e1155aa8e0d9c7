{{ stage('users') }}
