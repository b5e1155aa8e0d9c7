{{ stage('beat_feedback') }}
