"""One module a command. A command imports slow libraries only when it is called."""
