"""A program that is loaded once and runs as often as the tests want, each time as a process.

Most of what a short command costs is the import of its libraries: a second for the client, five
for the server. Here one process imports them and forks for every run. A run has arguments, an
environment, a folder and streams of its own, goes through the program's `main` and ends as every
Python process does. That the programs also start from nothing is shown by
`test_the_program_starts_from_nothing`, and by what schedules, hooks and shells start.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import gitleague_client
from waiting import SECONDS, TooSlow

LOAD_SECONDS = 110  # the server's libraries take five on an idle machine
NUMBER = struct.Struct("!i")
STREAMS = 3
ALL_STREAMS = STREAMS + 1  # with a listener
FIRST_FREE = 10  # file descriptors below it are the streams of a run
LAST_OPEN = 1024
PIPE_HOLDS = 1 << 16


class Program(NamedTuple):
    """What is imported before the first run, and the function that a run calls."""

    modules: tuple[str, ...]
    main: str  # module:function


PROGRAM = str(Path(gitleague_client.__file__).with_name("__main__.py"))  # as `python -m` says it
CLIENT = Program(
    ("gitleague_client.cli", "httpcore", "encodings.idna"), "gitleague_client.__main__:main"
)
SERVER = Program(
    ("gitleague.app", "gitleague.cli.bootstrap", "gitleague.cli.serve", "server_for_tests"),
    "gitleague.cli.door:main",
)


class Run:
    """A process that was started. What it writes is read when it ends."""

    def __init__(self, pid: int, answers: socket.socket, output: Mapping[str, int]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._answers = answers
        self._output = dict(output)

    def __enter__(self) -> Run:  # noqa: PYI034 - Python 3.10 has no Self
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind:
            self.kill()
        self.communicate()

    def poll(self) -> int | None:
        with suppress(TooSlow):
            self.wait(0)
        return self.returncode

    def wait(self, seconds: float = SECONDS) -> int:
        if self.returncode is None:
            self._answers.settimeout(seconds)
            try:
                status = self._answers.recv(NUMBER.size)
            except (TimeoutError, BlockingIOError):
                raise TooSlow(f"process {self.pid} still runs after {seconds} s") from None
            assert status, "the process that forks is gone"
            self.returncode = os.waitstatus_to_exitcode(*NUMBER.unpack(status))
            self._answers.close()
        return self.returncode

    def communicate(self, seconds: float = SECONDS) -> tuple[bytes, bytes]:
        """What it wrote to stdout and to stderr, once it has ended."""
        deadline = time.monotonic() + seconds
        written = {"stdout": b"", "stderr": b""}
        with selectors.DefaultSelector() as selector:
            for name, end in self._output.items():
                selector.register(end, selectors.EVENT_READ, name)
            while selector.get_map():
                ready = selector.select(max(deadline - time.monotonic(), 0))
                if not ready:
                    raise TooSlow(f"process {self.pid} still writes after {seconds} s")
                for key, _ in ready:
                    block = os.read(key.fd, PIPE_HOLDS)
                    written[key.data] += block
                    if not block:
                        selector.unregister(key.fd)
                        os.close(self._output.pop(key.data))
        self.wait(max(deadline - time.monotonic(), 1))
        return written["stdout"], written["stderr"]

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def is_stopped(self) -> bool:
        """As SIGSTOP leaves it; see proc(5)."""
        status = Path(f"/proc/{self.pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "T"

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Preloaded:
    """The process that forks. It ends when the tests do, and with it whatever it started."""

    def __init__(self, program: Program) -> None:
        self._channel, theirs = socket.socketpair()
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno()), json.dumps(program)],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for the tests, which then close the channel
            )

    def start(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        stdin: bytes = b"",
        log: Path | None = None,
        terminal: int | None = None,
        listener: socket.socket | None = None,
    ) -> Run:
        """`arguments` begin with the program's name.

        What it writes goes to pipes, to the end of a `log`, or to a `terminal` that becomes the
        one of its session. A `listener` is handed over as systemd does.
        """
        request = {
            "arguments": list(map(str, arguments)),
            "folder": str(folder),
            "environment": dict(environment),
            "has_terminal": terminal is not None,
            "has_listener": listener is not None,
        }
        answers, theirs = socket.socketpair()
        output: dict[str, int] = {}
        given: list[int] = []
        if terminal is not None:
            given = [os.dup(terminal) for _ in range(STREAMS)]
        else:
            given = [_filled_pipe(stdin)]
            if log:
                given += [os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND) for _ in range(2)]
            else:
                for name in ("stdout", "stderr"):
                    output[name], end = os.pipe()
                    given.append(end)
        shared = [listener.fileno()] if listener else []
        message = json.dumps(request).encode()
        with theirs, self._lock:
            fds = [theirs.fileno(), *given, *shared]
            socket.send_fds(self._channel, [NUMBER.pack(len(message))], fds)
            self._channel.sendall(message)
        for end in given:
            os.close(end)
        answers.settimeout(LOAD_SECONDS)
        (pid,) = NUMBER.unpack(answers.recv(NUMBER.size))
        return Run(pid, answers, output)

    def close(self) -> None:
        self._channel.close()
        self._process.wait(SECONDS)


_loaded: dict[Program, Preloaded] = {}
_loading = threading.Lock()


def loaded(program: Program) -> Preloaded:
    """Each program is loaded once a test process, when it is first wanted."""
    with _loading:
        if program not in _loaded:
            _loaded[program] = Preloaded(program)
        return _loaded[program]


def close_all() -> None:
    while _loaded:
        _loaded.popitem()[1].close()


def _filled_pipe(content: bytes) -> int:
    """Its end for reading."""
    ours, theirs = os.pipe()
    written = os.write(theirs, content)
    os.close(theirs)
    assert written == len(content), "no more than a pipe holds"
    return ours


class Request(NamedTuple):
    settings: dict[str, Any]
    answers: int
    streams: list[int]


def serve_requests(channel: socket.socket) -> None:
    """Forks for each request, and returns in the processes that were forked only."""
    running: dict[int, socket.socket] = {}
    wake, woken = socket.socketpair()
    wake.setblocking(False)
    woken.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno())
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if woken in ready:
                woken.recv(PIPE_HOLDS)
                tell_who_ended(running)
            if channel not in ready:
                continue
            request = received(channel)
            if request is None:
                for pid in running:
                    with suppress(ProcessLookupError):  # it has no group of its own yet
                        os.killpg(pid, signal.SIGKILL)
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                sys.exit()
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                for inherited in (selector, channel, wake, woken, *running.values()):
                    inherited.close()
                become(request)
                return
            running[pid] = socket.socket(fileno=request.answers)
            for stream in request.streams:
                os.close(stream)
            with suppress(OSError):  # whoever asked is gone
                running[pid].send(NUMBER.pack(pid))


def tell_who_ended(running: dict[int, socket.socket]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with running.pop(pid) as answers, suppress(OSError):  # whoever asked may not wait
            answers.send(NUMBER.pack(status))


def received(channel: socket.socket) -> Request | None:
    length, given, _, _ = socket.recv_fds(channel, NUMBER.size, 1 + ALL_STREAMS)
    if not length:
        return None
    # Out of the way of the low ones, which are to be the streams of the run.
    moved = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE) for each in given]
    for each in given:
        os.close(each)
    message = channel.recv(*NUMBER.unpack(length), socket.MSG_WAITALL)
    return Request(json.loads(message), moved[0], moved[1:])


def become(request: Request) -> None:
    """Makes this process what a shell would have started."""
    settings = request.settings
    for place, stream in enumerate(request.streams):
        os.dup2(stream, place)
    os.closerange(len(request.streams), LAST_OPEN)
    os.setsid()
    if settings["has_terminal"]:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.chdir(settings["folder"])
    os.environ.clear()
    os.environ.update(settings["environment"])
    if settings["has_listener"]:
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="http")
    sys.argv = settings["arguments"]
    said = {"encoding": sys.stdout.encoding, "errors": sys.stdout.errors}
    sys.stdin = os.fdopen(0, closefd=False, **said)
    sys.stdout = os.fdopen(1, "w", closefd=False, **said)
    sys.stderr = os.fdopen(2, "w", 1, sys.stderr.encoding, sys.stderr.errors, closefd=False)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def main() -> None:
    number, described = sys.argv[1:]
    program = Program(*json.loads(described))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also under nohup
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    for name in [*program.modules, program.main.split(":")[0]]:
        import_module(name)
    gc.freeze()  # what is loaded stays shared
    serve_requests(socket.socket(fileno=int(number)))
    module, function = program.main.split(":")
    end_as_python_does(getattr(sys.modules[module], function))


def end_as_python_does(run: Callable[[], None]) -> None:
    """But for the taking apart of all modules, which costs more than most runs."""
    code: object = None
    try:
        run()
    except SystemExit as end:
        if isinstance(end.code, str):
            raise
        code = end.code
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
