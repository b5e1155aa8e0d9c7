{{ stage('taggings') }}
