"""From the warehouse to releases that readers open."""
