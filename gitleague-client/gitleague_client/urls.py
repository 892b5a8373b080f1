"""Git URLs as they may be kept, shown and sent."""

from __future__ import annotations

import re


def without_password(url: str) -> str:
    """A git URL without what an address may carry to open it with: https users are often tokens."""
    bare = re.sub(r"^(https?://)[^/]*@", r"\1", url, flags=re.IGNORECASE)
    return re.sub(r"^([A-Za-z][\w+.-]*://[^/:]*):[^/]*@", r"\1@", bare)
