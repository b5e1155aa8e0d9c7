{{ stage('categories') }}
