"""The rules of a league as its members see them: in force, before, and what if."""
