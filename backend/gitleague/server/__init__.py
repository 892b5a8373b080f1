"""How the server is: what its operator looks at."""
