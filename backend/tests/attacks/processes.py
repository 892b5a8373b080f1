"""A server that is a process of its own: what it holds in memory is its own, and it can be left."""

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import servers
from awaited import until
from gitleague.core.settings import Settings
from httpx import Client, TransportError
from preloaded import SERVER, Run, loaded

SECONDS = 180  # a slow machine is no defect
MAY_ASK_OFTEN = {
    f"GITLEAGUE_RATE_LIMIT_{what}": "1000000/minute"
    for what in ("API", "PAGES", "SIGN_IN", "MAILBOX")
}


class Process(NamedTuple):
    run: Run
    settings: Settings
    address: tuple[str, int]
    log: Path

    def forget_peak(self) -> None:
        """See `clear_refs` in proc(5)."""
        Path(f"/proc/{self.run.pid}/clear_refs").write_text("5", encoding="ascii")

    def peak(self) -> int:
        """Bytes that it held at most since then."""
        status = Path(f"/proc/{self.run.pid}/status").read_text(encoding="ascii")
        (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024


@contextmanager
def server_process(folder: Path, **environment: str) -> Iterator[Process]:
    """`gitleague serve`, which is ready; it ends with the block."""
    with servers.listening() as opened:
        opened.listen(128)
        host, port = opened.getsockname()
        url = f"http://{host}:{port}"
        said = {
            "GITLEAGUE_DATA_DIR": str(folder),
            "GITLEAGUE_PUBLIC_URL": url,
            **MAY_ASK_OFTEN,
            **environment,
        }
        run = loaded(SERVER).start(
            ["gitleague", "serve", "--port", str(port)],
            folder=folder,
            environment=os.environ | said,
            log=folder / "log",
            listener=opened,
        )
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        public_url=url,
        database_url=said.get("GITLEAGUE_DATABASE_URL"),
    )
    try:
        with Client(base_url=url) as http:
            until(lambda: answers(http), seconds=SECONDS, otherwise=(folder / "log").read_text)
        yield Process(run, settings, (host, port), folder / "log")
    finally:
        run.kill()
        run.wait(SECONDS)


def answers(http: Client) -> bool:
    try:
        return http.get("/health").is_success
    except TransportError:
        return False


class Told(NamedTuple):
    """What a server said to a request that was sent as bytes."""

    status: int
    size: int
    sent: int


def send_raw(address: tuple[str, int], head: bytes, body: Iterable[bytes], seconds: int) -> Told:
    """Sends until the server has answered, as who means harm does, and reads what it says."""
    sent = 0
    with socket.create_connection(address, timeout=seconds) as connection:
        connection.sendall(head)
        try:
            for part in body:
                connection.sendall(part)
                sent += len(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has said what it had to say
        answer = b""
        try:
            while part := connection.recv(1 << 16):
                answer += part
        except ConnectionResetError:
            pass
    return Told(int(answer[9:12] or 0), len(answer), sent)
