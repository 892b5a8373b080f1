"""Loaded into the tests' own server: its keys cost little, and its referee does not wait long.

`backend/tests/test_api_keys.py` holds the Argon2 that a league has.
"""

from datetime import timedelta

from argon2 import PasswordHasher
from gitleague.accounts import hashing
from gitleague.scoring import penalties

hashing.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
penalties.SOON = timedelta(seconds=2)
