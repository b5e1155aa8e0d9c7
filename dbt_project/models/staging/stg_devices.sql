{{ stage('devices') }}
