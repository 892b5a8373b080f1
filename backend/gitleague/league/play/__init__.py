"""One commit as a page has it."""
