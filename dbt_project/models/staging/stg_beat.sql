{{ stage('beat') }}
