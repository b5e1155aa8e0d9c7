{{ stage('discovered_accounts') }}
