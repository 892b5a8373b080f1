"""A mail server that keeps the letters it is given, or refuses them."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy


@dataclass
class Mailbox:
    url: str = ""
    refuses: bool = False
    letters: list[str] = field(default_factory=list)


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
                elif line.startswith(b"RCPT") and box.refuses:
                    self._say(b"550 nobody here")
                else:
                    self._say(b"250 ok")

        def _take(self) -> None:
            self._say(b"354 go on")
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
