{{ stage('transactions') }}
