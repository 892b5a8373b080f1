"""The listening socket, kept by systemd while the server restarts: who asks meanwhile waits.

See FileDescriptorStoreMax= in systemd.service(5): what is kept outlives a restart, and no stop.
"""

from __future__ import annotations

import os
import socket

FIRST_FD = 3  # where systemd puts what it hands over
NAME = "http"


def kept_listener(host: str, port: int) -> socket.socket | None:
    """The one that an earlier process listened on, if systemd kept it and it is at this address."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    names = os.environ.get("LISTEN_FDNAMES", "").split(":")
    if NAME not in names:
        return None
    kept = socket.socket(fileno=FIRST_FD + names.index(NAME))
    if kept.getsockname()[:2] != (host, port):  # it was started with another address before
        _tell(f"FDSTOREREMOVE=1\nFDNAME={NAME}")
        kept.close()
        return None
    return kept


def keep(listener: socket.socket) -> None:
    """Hands the socket to systemd for the next start; does nothing where there is no systemd."""
    _tell(f"FDSTORE=1\nFDNAME={NAME}", listener.fileno())


def _tell(words: str, *fds: int) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.connect("\0" + address[1:] if address.startswith("@") else address)
        socket.send_fds(manager, [words.encode()], list(fds))
