"""The page for the person on call: its facts, its charts, its HTML."""
