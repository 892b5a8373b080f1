"""Squads: teams of players within a league."""
