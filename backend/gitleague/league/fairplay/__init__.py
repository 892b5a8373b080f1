"""Fair play: what a referee flags, what becomes of it, and what members say is wrong."""
