"""The server behind a real nginx with TLS, as deploy/nginx/gitleague.conf sets it up."""

import os
import shutil
import signal
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
import servers
import trustme
from gitleague.app import create_app
from gitleague.core.settings import Settings
from gitleague.tables.accounts import Scope
from httpx import Client
from make import Person, make_commit, make_key

pytestmark = pytest.mark.debian

FILE = Path(__file__).parents[3] / "deploy" / "nginx" / "gitleague.conf"
NAME = "api.thegitleague.com"
GIT_URL = "https://example.org/team/site.git"
MAIN = """
pid {folder}/pid; error_log {folder}/log warn; daemon off; worker_processes 1; {user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/gitleague.conf;
}}
"""


class Behind(NamedTuple):
    http: str
    https: str
    trust: ssl.SSLContext

    def client(self) -> Client:
        """Talks to nginx as if the name led there."""
        # From an address of its own: what comes from 127.0.0.1 is the proxy, and believed.
        transport = httpx.HTTPTransport(verify=self.trust, local_address="127.0.0.2")
        return Client(base_url=self.https, transport=transport, headers={"Host": NAME}, timeout=60)


@pytest.fixture
def behind(settings: Settings, tmp_path: Path) -> Iterator[Behind]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is missing; `make test` installs it where you are root"
    folder = tmp_path / "nginx"
    folder.mkdir()
    trust = _certificate(folder)
    trusting = {"trusted_proxies": ("127.0.0.1",), "public_url": f"https://{NAME}"}
    given = settings.model_dump() | trusting | {"secret_key": "k" * 40}
    with (
        servers.listening() as opened,
        servers.reserved_port() as plain,
        servers.reserved_port() as secure,
    ):
        app = create_app(Settings(_env_file=None, **given))
        text = FILE.read_text(encoding="utf-8")
        for old, new in (
            ("127.0.0.1:8000", f"127.0.0.1:{opened.getsockname()[1]}"),
            ("    listen [::]:80;\n", ""),
            ("    listen [::]:443 ssl http2;\n", ""),
            ("listen 80;", f"listen 127.0.0.1:{plain};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
            (f"/etc/letsencrypt/live/{NAME}", str(folder)),
        ):
            assert old in text
            text = text.replace(old, new)
        (folder / "gitleague.conf").write_text(text, encoding="utf-8")
        user = "user root;" if os.geteuid() == 0 else ""  # its workers read in our folder
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), encoding="utf-8")
        argv = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        with (
            servers.serving(app, opened),
            servers.running(
                argv, log=folder / "said", ready=lambda: _listens(secure), stop=signal.SIGQUIT
            ),
        ):
            yield Behind(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}", trust)


def test_http_leads_to_https_and_https_is_for_good(behind: Behind) -> None:
    sent = httpx.get(f"{behind.http}/standings?period=week", headers={"Host": NAME})
    assert (sent.status_code, sent.headers["location"]) == (
        308,
        f"https://{NAME}/standings?period=week",
    )
    with behind.client() as client:
        for place in ("/health", "/metrics"):
            answer = client.get(place)
            assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000"]


def test_the_published_client_s_addresses_arrive_whole(
    behind: Behind, database: object, http: Client, ada: Person
) -> None:
    key = make_key(http, ada, Scope.SYNC_COMMITS, Scope.WRITE_REPOS, project_id=ada.project_id)
    place = f"/api/v1/sync/projects/{ada.project_id}/repos/{GIT_URL}/commits"
    with behind.client() as client:
        body = {"commits": [make_commit()]}
        answer = client.post(place, json=body, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.text


def test_a_batch_as_large_as_is_allowed_passes_and_no_larger_one(behind: Behind) -> None:
    place = f"/api/v1/sync/projects/{UUID(int=1)}/repos/{UUID(int=2)}/commits"
    with behind.client() as client:
        allowed = client.post(place, content=b" " * (31 * 1024 * 1024))
        assert allowed.status_code == 401, "it reached the server, which asks who it is"
        assert client.post(place, content=b" " * (33 * 1024 * 1024)).status_code == 413


def test_limits_count_who_is_behind_the_proxy_and_no_header_beats_them(behind: Behind) -> None:
    with behind.client() as client:
        answers = [
            client.post(
                "/api/v1/auth/magic-link",
                json={"email": "nobody@example.org"},
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
            ).status_code
            for number in range(8)
        ]
    assert answers[-1] == 429


def test_what_only_this_machine_may_see_stays_here(behind: Behind) -> None:
    with behind.client() as client:
        assert client.get("/metrics").status_code == 404


def test_links_are_built_on_the_public_address(behind: Behind) -> None:
    with behind.client() as client:
        links = client.get("/api/v1").json()["links"]
    assert {urlsplit(link).netloc for link in links.values()} == {NAME}


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def _certificate(folder: Path) -> ssl.SSLContext:
    """Writes one for our name and this machine; yields what trusts it."""
    authority = trustme.CA()
    issued = authority.issue_cert(NAME, "127.0.0.1")
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(folder / "fullchain.pem", append=number > 0)
    issued.private_key_pem.write_to_path(folder / "privkey.pem")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return trust
