"""Mail over a real SMTP server: encrypted, or not sent."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import servers
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import AuthResult, LoginPassword
from gitleague.accounts.mail import Letter, MailNotSent, deliver, reach, send
from gitleague.core.settings import Settings

LETTER = Letter("ada@example.org", "Sign in", "https://league.example/sign-in/a-secret-token")
PASSWORD = "hunter2 of the mail server"
ELSEWHERE = "mail.league.example"


@dataclass
class Server:
    """What came in, and whether it came encrypted."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[tuple[str, bool]] = field(default_factory=list)

    def url(self, scheme: str, host: str = "localhost", *, user: str = "") -> str:
        return f"{scheme}://{user}{host}:{self.port}"


class Keeping(Message):
    def __init__(self, server: Server) -> None:
        super().__init__(EmailMessage)
        self.server = server

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if envelope.rcpt_tos == ["nobody@example.org"]:
            return "550 no such mailbox: a-secret-token"
        self.server.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return str(await super().handle_DATA(server, session, envelope))

    def handle_message(self, message: Any) -> None:
        self.server.mails.append(message)


@contextmanager
def mail_server(*, tls: ssl.SSLContext | None = None, smtps: bool = False) -> Iterator[Server]:
    """With STARTTLS where there is a certificate, or with TLS from the start."""
    kept = Server()

    def login(_server: Any, session: Any, _envelope: Any, _how: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        kept.logins.append((given.password.decode(), session.ssl is not None))
        return AuthResult(success=given.password.decode() == PASSWORD, handled=False)

    with servers.listening() as chosen:
        port = chosen.getsockname()[1]
    controller = Controller(
        Keeping(kept),
        hostname="localhost",
        port=port,
        ssl_context=tls if smtps else None,
        tls_context=None if smtps else tls,
        authenticator=login,
        auth_require_tls=False,
    )
    controller.start()
    kept.port = port
    try:
        yield kept
    finally:
        controller.stop()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """One that this machine trusts, as far as the test reaches."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


def certificate(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def at(url: str, **over: Any) -> Settings:
    return Settings(_env_file=None, smtp_url=url, **over)


def refused(url: str, letter: Letter = LETTER, **over: Any) -> str:
    with pytest.raises(MailNotSent) as raised:
        deliver(at(url, **over), letter)
    said = str(raised.value)
    assert PASSWORD not in said
    assert "a-secret-token" not in said
    return said


def test_starttls_comes_before_the_password_and_the_mail(authority: trustme.CA) -> None:
    with mail_server(tls=certificate(authority, "localhost")) as server:
        deliver(at(server.url("smtp", user=f"league:{PASSWORD.replace(' ', '%20')}@")), LETTER)
    assert server.logins == [(PASSWORD, True)]
    assert server.encrypted == [True]
    (mail,) = server.mails
    assert (mail["To"], mail["Subject"]) == (LETTER.to, LETTER.subject)
    assert mail.get_payload().strip() == LETTER.text


def test_smtps_is_encrypted_from_the_start(authority: trustme.CA) -> None:
    with mail_server(tls=certificate(authority, "localhost"), smtps=True) as server:
        deliver(at(server.url("smtps")), LETTER)
        reach(at(server.url("smtps")))
    assert server.encrypted == [True]


def test_a_server_on_this_machine_may_lack_tls(authority: trustme.CA) -> None:
    with mail_server() as server:
        for host in ("localhost", "127.0.0.1"):
            deliver(at(server.url("smtp", host)), LETTER)
    assert server.encrypted == [False, False]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name that is not this machine's, though its address is: no hosts file is ours to change."""
    known = servers.socket.getaddrinfo

    def find(host: Any, *rest: Any, **more: Any) -> Any:
        return known("127.0.0.1" if host == ELSEWHERE else host, *rest, **more)

    monkeypatch.setattr("socket.getaddrinfo", find)
    return ELSEWHERE


def test_a_server_elsewhere_without_tls_gets_nothing(elsewhere: str) -> None:
    with mail_server() as server:
        said = refused(server.url("smtp", elsewhere, user="league:secret@"))
        assert "does not offer STARTTLS" in said
        assert "smtp+plain://" in said
        with pytest.raises(MailNotSent):
            reach(at(server.url("smtp", elsewhere)))
    assert (server.logins, server.mails) == ([], [])


def test_plain_is_said_in_the_address(elsewhere: str, authority: trustme.CA) -> None:
    with mail_server(tls=certificate(authority, "localhost")) as server:
        deliver(at(server.url("smtp+plain", elsewhere)), LETTER)
    assert server.encrypted == [False]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize(
    ("name", "issuer", "why"),
    [("other.example", "ours", "mismatch"), ("localhost", "unknown", "local issuer")],
)
def test_a_wrong_certificate_gets_nothing(
    authority: trustme.CA, name: str, issuer: str, why: str, scheme: str
) -> None:
    signed_by = authority if issuer == "ours" else trustme.CA()
    with mail_server(tls=certificate(signed_by, name), smtps=scheme == "smtps") as server:
        said = refused(server.url(scheme, user="league:secret@"))
    assert "certificate" in said
    assert why in said.lower()
    assert (server.logins, server.mails) == ([], [])


def test_a_server_that_refuses_is_told_apart(authority: trustme.CA) -> None:
    with mail_server(tls=certificate(authority, "localhost")) as server:
        assert "user name or password" in refused(server.url("smtp", user="league:wrong@"))
        nobody = LETTER._replace(to="nobody@example.org")
        assert "refused the mail (SMTPDataError)" in refused(server.url("smtp"), nobody)
        assert "makes no encrypted connection" in refused(server.url("smtps"))
    assert "cannot be reached" in refused(server.url("smtp"))  # it has ended


def test_a_silent_server_is_given_up(authority: trustme.CA) -> None:
    with servers.listening() as silent:
        silent.listen()
        port = silent.getsockname()[1]
        assert "stopped answering" in refused(f"smtp://localhost:{port}", smtp_timeout=0.2)


def test_what_goes_wrong_is_logged_without_the_mail(caplog: pytest.LogCaptureFixture) -> None:
    with mail_server() as server:
        pass
    send(at(server.url("smtp")), LETTER)
    (line,) = [each.getMessage() for each in caplog.records if each.name.startswith("gitleague")]
    assert "cannot be reached" in line
    assert "a-secret-token" not in line
