{{ stage('holdings') }}
