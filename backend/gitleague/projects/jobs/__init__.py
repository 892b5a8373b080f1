"""The jobs of a league, for those who run it."""
