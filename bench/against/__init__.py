"""What peers run, each in a process of its own: nothing here imports the project."""
