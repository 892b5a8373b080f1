"""What a league has under some words."""
