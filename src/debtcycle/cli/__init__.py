"""The command line: a thin face; every command is a module of its own, loaded when called."""
