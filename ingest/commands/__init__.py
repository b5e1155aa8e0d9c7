"""One module a command. A command imports what takes long to import when it is called."""
