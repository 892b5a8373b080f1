"""Feeds: what a league gives to those who look in with a feed reader."""
