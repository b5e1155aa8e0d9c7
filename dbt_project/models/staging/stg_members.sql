{{ stage('members') }}
