"""Live updates: pages learn by themselves that something is new."""
