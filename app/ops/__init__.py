"""Operation: is it alive, is it ready, which build, how much it does, what it logs, what it starts with."""
