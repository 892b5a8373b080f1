"""A mail server that keeps the letters it is given, or refuses them."""

import math
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy

import pytest


@dataclass
class Mailbox:
    url: str = ""
    refuses: bool = False
    unknown: set[str] = field(default_factory=set)  # addresses that it takes nothing for
    takes: float = math.inf  # letters, before it falls silent
    is_silent: threading.Event = field(default_factory=threading.Event)
    letters: list[str] = field(default_factory=list)

    def is_refused(self, line: str) -> bool:
        return self.refuses or any(f"<{address}>" in line for address in self.unknown)


def printed_link(capture: pytest.CaptureFixture[str]) -> str:
    """The sign-in link that a server without SMTP prints, a moment after it answered."""
    said, deadline = "", time.monotonic() + 60
    while not (found := re.search(r"^https?://\S+/sign-in/\S+$", said, re.MULTILINE)):
        assert time.monotonic() < deadline, said
        time.sleep(0.02)
        said += capture.readouterr().out
    return found[0]


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """As little SMTP as a letter needs."""
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say(b"220 hello")
            while line := self.rfile.readline().strip().upper():
                if line.startswith(b"QUIT"):
                    self._say(b"221 bye")
                    return
                if line == b"DATA":
                    self._take()
                elif line.startswith(b"RCPT") and box.is_refused(line.decode().lower()):
                    self._say(b"550 nobody here")
                else:
                    self._say(b"250 ok")

        def _take(self) -> None:
            self._say(b"354 go on")
            if len(box.letters) >= box.takes:
                box.is_silent.set()
                self.rfile.read()  # until the other side is gone
                return
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line)
            letter = message_from_bytes(b"".join(lines), policy=policy.default)
            box.letters.append(f"{letter['to']}|{letter['subject']}\n{letter.get_content()}")
            self._say(b"250 taken")

        def _say(self, words: bytes) -> None:
            self.wfile.write(words + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        box.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join()
