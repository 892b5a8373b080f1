"""A database of the original deployment becomes part of this one."""
