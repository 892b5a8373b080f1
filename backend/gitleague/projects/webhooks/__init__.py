"""Webhooks: others are told of what happens in a league."""
