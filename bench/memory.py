"""What the client and the server hold at most while a long history is synced for the first time.

The limits are megabytes, whatever the history; the history is generated.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import servers
from end_to_end import BIN, league_with
from history import make_history

BUDGET_CLIENT, BUDGET_SERVER = 120, 250  # MB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, help="a local repository; else one is generated")
    parser.add_argument("--commits", type=int, default=300_000, help="of the generated one")
    arguments = parser.parse_args()
    with servers.temporary_folder() as folder, servers.postgresql(durable=True) as conninfo:
        repo = arguments.repo or make_history(folder / "history", arguments.commits)
        count = subprocess.check_output(["git", "-C", repo, "rev-list", "--count", "HEAD"])
        with league_with(conninfo, folder / "run", repo, int(count)) as league:
            command = [str(BIN / "gitleague-client"), "--quiet", "--config", str(league.config)]
            started = time.perf_counter()
            with subprocess.Popen([*command, "sync"], stdout=subprocess.DEVNULL) as client:
                peaks = _watched(client, server_of(league.log.parent))
            seconds = time.perf_counter() - started
            assert client.returncode == 0
    print(f"{int(count)} commits of {arguments.repo or 'a generated history'}, {seconds:.0f} s")
    _tell("client", peaks[0], BUDGET_CLIENT)
    _tell("server, one worker", peaks[1], BUDGET_SERVER)


def server_of(folder: Path) -> int:
    """The process that serves the league whose data is in the folder."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
            environment = (place / "environ").read_bytes()
        except OSError:
            continue
        is_python = words and b"python" in words[0]
        if is_python and b"serve" in words and str(folder).encode() in environment:
            return int(place.name)
    sys.exit("the server is not to be found")


def _watched(client: "subprocess.Popen[bytes]", server: int) -> tuple[int, int]:
    """The most that each held until the client ended, in kB: the kernel keeps the mark itself."""
    peak = 0
    while client.poll() is None:
        peak = max(peak, kilobytes(client.pid, "VmHWM"))
        time.sleep(0.05)
    return peak, kilobytes(server, "VmHWM")


def kilobytes(pid: int, what: str) -> int:
    """What the kernel says of a process: VmRSS it holds now, VmHWM it held at most."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = (line.split() for line in status.splitlines())
    return next((int(line[1]) for line in lines if line[0] == f"{what}:"), 0)


def _tell(what: str, most: int, budget: int) -> None:
    print(f"  {what:28} {f'{most / 1024:.0f} MB at most':28} budget: under {budget} MB")


if __name__ == "__main__":
    main()
