{{ stage('insights') }}
