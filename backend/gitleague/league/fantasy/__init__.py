"""Fantasy leagues: members pick players before the lock, and score what those do after it."""
