"""What every sync asks first, asked by 32 clients at once of one worker on PostgreSQL.

Each client has a connection, and asks again as soon as it is answered. The processor time that an
answer costs is told beside, since it does not depend on what else the machine is doing.
"""

import argparse
import asyncio
import os
import time
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote

import servers
import yaml
from end_to_end import league_with
from history import make_history
from memory import server_of

CLIENTS = 32
COMMITS = 200
BUDGET_P50, BUDGET_P99 = 50, 150  # milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, help="not used here: the history is generated")
    parser.add_argument("--requests", type=int, default=100, help="of each client")
    wished = parser.parse_args().requests
    os.environ["GITLEAGUE_RATE_LIMIT_API"] = "1000000/minute"
    os.environ["GITLEAGUE_RATE_LIMIT_PAGES"] = "1000000/minute"
    with servers.temporary_folder() as folder, servers.postgresql(durable=True) as conninfo:
        repo = make_history(folder / "history", COMMITS)
        with league_with(conninfo, folder / "run", repo, COMMITS) as league:
            league.sync()
            config = yaml.safe_load(league.config.read_text())
            server = server_of(league.log.parent)
            asyncio.run(_asked(config, 5))  # the key is verified, and the pool is full
            before, started = _processor_seconds(server), time.perf_counter()
            taken = asyncio.run(_asked(config, wished))
            seconds = time.perf_counter() - started
            spent = _processor_seconds(server) - before
    print(f"{len(taken)} answers to {CLIENTS} clients, {len(taken) / seconds:,.0f} a second")
    _tell("status, p50", f"{median(taken):.0f} ms", f"under {BUDGET_P50} ms")
    _tell("status, p99", f"{quantiles(taken, n=100)[98]:.0f} ms", f"under {BUDGET_P99} ms")
    _tell("processor time of an answer", f"{1000 * spent / len(taken):.2f} ms")


async def _asked(config: dict[str, str], requests: int) -> list[float]:
    """Milliseconds of each answer. Anything but 200 ends the bench."""
    clients = (_client(config, requests) for _ in range(CLIENTS))
    return [taken for client in await asyncio.gather(*clients) for taken in client]


async def _client(config: dict[str, str], requests: int) -> list[float]:
    """Little more than a socket: the clients share the processors with the server."""
    host, _, port = config["api_url"].removeprefix("http://").partition(":")
    project = config["projects"][0]
    named = quote(project["repos"][0]["git_url"], safe="")
    request = (
        f"GET /api/v1/sync/projects/{project['project_id']}/repos/{named}/status HTTP/1.1\r\n"
        f"Host: {host}\r\nAuthorization: Bearer {config['api_key']}\r\n\r\n"
    ).encode()
    reader, writer = await asyncio.open_connection(host, int(port))
    taken = []
    for _ in range(requests):
        started = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
        taken.append(1000 * (time.perf_counter() - started))
        assert head.startswith(b"http/1.1 200"), head.decode()
    writer.close()
    return taken


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _tell(what: str, value: str, budget: str = "") -> None:
    print(f"  {what:28} {value:28}" + (f" budget: {budget}" if budget else ""))


if __name__ == "__main__":
    main()
