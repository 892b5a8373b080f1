"""A player as a person: retired, not shown, erased, and told what is kept of them."""
