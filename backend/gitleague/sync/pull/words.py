"""Why a pull failed, in words that a commissioner can act on and that hold nothing secret."""

from __future__ import annotations

import re

NOT_ACCEPTED = (
    "The remote did not accept the credential, or asks for one. Set one that may read the "
    "repository."
)
NOT_FOUND = (
    "The remote has no such repository, or the credential may not read it. Check the address, and "
    "what the credential may read."
)
OTHER_HOST_KEY = (
    "The remote's host key is not the one that it had before. If it was changed on purpose, the "
    "operator removes the old one from known_hosts in the data folder."
)
UNTRUSTED = (
    "The remote's certificate cannot be trusted. If an authority of your own signed it, the "
    "operator names that one's certificate in GITLEAGUE_PULL_CA_FILE."
)
REDIRECTED = (
    "The remote answers with a redirect, which is not followed. Register the repository under the "
    "address that it has now."
)
NO_ANSWER = "The remote cannot be reached. Check its address; the pull is tried again by itself."
NOT_READABLE = "git could not fetch the repository. Try `git ls-remote` with its address by hand."
# In this order: the first that git said is the reason.
_SAYINGS = (
    (r"Host key verification failed|HOST IDENTIFICATION HAS CHANGED", OTHER_HOST_KEY),
    (r"SSL certificate|certificate verif|self[- ]signed|issuer certificate", UNTRUSTED),
    (r"returned error: 30\d|redirect", REDIRECTED),
    (r"returned error: 404|not found|does not (appear|exist)|not a git repo", NOT_FOUND),
    (
        r"Authentication failed|Permission denied|could not read (User|Pass)|error: 40[13]",
        NOT_ACCEPTED,
    ),
    (r"resolve host|timed? ?out|refused|unreachable|reset by peer|closed by|hung up", NO_ANSWER),
)


class CannotPull(Exception):
    """A repository that could not be pulled; the message says why, and what to do."""


def reason(said: bytes) -> str:
    """What git's complaint means. What the remote itself said is left out: it may say anything."""
    lines = [line for line in said.decode(errors="replace").splitlines() if _is_gits_own(line)]
    text = "\n".join(lines)
    for pattern, words in _SAYINGS:
        if re.search(pattern, text, re.IGNORECASE):
            return words
    return NOT_READABLE


def _is_gits_own(line: str) -> bool:
    return not line.startswith("remote:")
