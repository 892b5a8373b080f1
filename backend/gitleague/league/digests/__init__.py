"""Digests: the recap of each week, sent to where a team talks."""
