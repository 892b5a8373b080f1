"""Nobody else on the machine reads what a league keeps: histories, addresses, sealed secrets."""

import os

OWNER_ONLY = 0o077


def keep_files_private() -> None:
    """What this process and those it starts make from now on is for its own user alone."""
    os.umask(OWNER_ONLY)
