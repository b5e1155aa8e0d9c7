{{ stage('discovered_transactions') }}
