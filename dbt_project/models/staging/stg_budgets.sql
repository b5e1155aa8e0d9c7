{{ stage('budgets') }}
