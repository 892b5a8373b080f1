"""Seasons: days that are played for a title."""
