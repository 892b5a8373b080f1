"""What an operator does to a whole server: one file for each verb."""
