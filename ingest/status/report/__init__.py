"""The page for whoever is on call: its facts, its charts, its HTML."""
