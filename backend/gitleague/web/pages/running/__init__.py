"""Pages on which commissioners run a league."""
