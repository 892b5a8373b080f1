"""Exports: a league's numbers to take along, however many they are."""
