"""Badges and cards: pictures of a league for READMEs."""
