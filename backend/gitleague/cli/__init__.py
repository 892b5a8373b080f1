"""The operator's command: one file for each thing that an operator does."""
