{{ stage('tags') }}
