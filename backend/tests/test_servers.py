"""What the tests start is gone when they are, however they ended."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from awaited import until

HOLD = """
import sys, time
sys.path.insert(0, sys.argv[1])
import servers
with servers.redis_server() as url:
    print(url, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_server_does_not_outlive_the_tests(end: signal.Signals) -> None:
    here = str(Path(__file__).parent)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, here],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as tests:
        assert tests.stdout
        url = tests.stdout.readline().strip()
        assert _answers(url)
        tests.send_signal(end)
    until(lambda: not _answers(url))  # else an orphan does


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
