"""Pushes commit metadata from your repositories to The Git League."""

__version__ = "0.2.0"
