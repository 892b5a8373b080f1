"""What is optional: traces and reports of errors, sent to servers that take them."""

import gzip
import logging
import subprocess
import sys
import zlib

import httpx
import pytest
import servers
from gitleague.app import create_app
from gitleague.core.settings import Settings
from receiver import receiving

KEY = "tgl_abcd1234_0123456789abcdefghij"
PROGRAM = """
import logging, sys
from gitleague.core.settings import load_settings
from gitleague.core.telemetry import report_errors
report_errors(load_settings())
logging.getLogger("gitleague").error("it broke with %s", sys.argv[1])
import sentry_sdk
sentry_sdk.flush(10)
"""


def test_traces_name_the_route_and_nothing_else(settings: Settings) -> None:
    with receiving() as receiver:
        app = create_app(settings.model_copy(update={"traces_url": receiver.url}))
        with servers.listening() as opened:
            url = f"http://127.0.0.1:{opened.getsockname()[1]}"
            with servers.serving(app, opened):
                httpx.get(f"{url}/api/v1/projects?q=hush")
        body = b"".join(_plain(message.body) for message in receiver.wait_for(1))
    assert b"GET /api/v1/projects" in body
    assert b"hush" not in body


def test_an_error_is_reported_without_what_is_secret(tmp_path) -> None:
    with receiving() as receiver:
        receiver.status = 200
        dsn = receiver.url.replace("http://", "http://public@").replace("/hook", "/1")
        subprocess.run(
            [sys.executable, "-c", PROGRAM, KEY],
            check=True,
            cwd=tmp_path,
            env={"GITLEAGUE_ERRORS_DSN": dsn, "PATH": "/usr/bin"},
        )
        body = b"".join(_plain(message.body) for message in receiver.wait_for(1))
    assert b"it broke with" in body
    assert KEY[13:].encode() not in body


def test_nothing_is_loaded_where_nothing_is_set(tmp_path) -> None:
    program = (
        "import sys, gitleague.app; from gitleague.core.settings import Settings;"
        "gitleague.app.create_app(Settings(_env_file=None));"
        "names = ('sentry', 'opentelemetry.exporter');"
        "print([name for name in sys.modules if name.startswith(names)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "[]"


def _plain(body: bytes) -> bytes:
    try:
        return gzip.decompress(body)
    except (OSError, zlib.error):
        return body


@pytest.fixture(autouse=True)
def quiet_exporter():
    """Its complaints while the test's server goes away are of no interest."""
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
