"""Work beside the requests: asked for in a transaction, done by one process at a time."""
