"""The programs of the peers, each in a process of its own: nothing here imports the project."""
