"""What lasts: best plays, records, careers, and the Hall of Fame."""
