"""The server pulls a repository itself, for leagues that have not moved it to push yet."""
