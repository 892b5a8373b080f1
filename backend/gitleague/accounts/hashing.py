"""What it costs to hash an API key, and to guess one."""

from argon2 import PasswordHasher

# OWASP's second choice for Argon2id: 19 MiB, so that a few at once stay far below
# a worker's budget.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
