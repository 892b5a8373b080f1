"""Mails, sent over SMTP; without one they are shown to whoever runs the server."""

from __future__ import annotations

import logging
import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from gitleague.core.settings import Settings

PLAIN = "smtp+plain"
log = logging.getLogger(__name__)


class MailNotSent(Exception):
    """A mail did not go out. The message says why, and quotes nothing of the mail."""


class Letter(NamedTuple):
    to: str
    subject: str
    text: str


def sign_in_letter(to: str, link: str) -> Letter:
    return Letter(
        to,
        "Sign in to The Git League",
        f"Open this link and press the button to sign in:\n\n{link}\n\n"
        "It works once, within 15 minutes. If you did not ask for it, do nothing.\n",
    )


def invitation_letter(to: str, project: str, link: str) -> Letter:
    return Letter(
        to,
        f"You are invited to {project}",
        f"Open this link to join {project} at The Git League:\n\n{link}\n\n"
        "It works once, within 14 days.\n",
    )


def send(settings: Settings, letter: Letter) -> None:
    """Send, or show. A failure is logged, without what the mail says."""
    if not settings.smtp_url.get_secret_value():
        sys.stdout.write(f"\n[mail to {letter.to}] {letter.subject}\n{letter.text}\n")
        sys.stdout.flush()
        return
    try:
        deliver(settings, letter)
    except MailNotSent as error:
        log.error("mail not sent: %s", error)  # noqa: TRY400 - no traceback: it may quote


def deliver(settings: Settings, letter: Letter) -> None:
    """Raises MailNotSent."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message.set_content(letter.text)
    with _connected(settings) as connection:
        connection.send_message(message)


def reach(settings: Settings) -> None:
    """As far as a letter would get, without one. Raises MailNotSent."""
    with _connected(settings) as connection:
        connection.noop()


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    server = urlsplit(settings.smtp_url.get_secret_value())
    host = server.hostname or "localhost"
    port = server.port or (465 if server.scheme == "smtps" else 587)
    try:
        with _open(server.scheme, host, port, settings.smtp_timeout) as connection:
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            yield connection
    except (OSError, smtplib.SMTPException) as error:
        raise MailNotSent(_reason(error, f"{host}:{port}")) from None  # it may quote the mail


def _open(scheme: str, host: str, port: int, seconds: float) -> smtplib.SMTP:
    """An encrypted connection; the scheme, or a server on this machine, may do without."""
    trusted = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=seconds, context=trusted)
    connection = smtplib.SMTP(host, port, timeout=seconds)
    try:
        connection.ehlo_or_helo_if_needed()  # only then is it known what the server offers
        offers_tls = connection.has_extn("starttls")
        if scheme != PLAIN and (offers_tls or not _is_loopback(host)):
            connection.starttls(context=trusted)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: OSError | smtplib.SMTPException, server: str) -> str:
    """In a sentence that quotes neither the mail nor the server's answer."""
    words = next(words for kind, words in REASONS if isinstance(error, kind))
    why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else ""
    return words.format(server=f"The mail server {server}", why=why, name=type(error).__name__)


# The first that fits.
REASONS: tuple[tuple[type[Exception], str], ...] = (
    (
        smtplib.SMTPNotSupportedError,
        (
            "{server} does not offer STARTTLS, and nothing is sent in clear. Use smtps://, or "
            "smtp+plain:// on a network that you trust, in GITLEAGUE_SMTP_URL."
        ),
    ),
    (
        ssl.SSLCertVerificationError,
        (
            "{server} shows a certificate that is not valid: {why}. Name the server in "
            "GITLEAGUE_SMTP_URL as its certificate does, or trust its authority on this machine."
        ),
    ),
    (
        ssl.SSLError,
        (
            "{server} makes no encrypted connection. smtps:// is for port 465, smtp:// for 587 and "
            "25: check GITLEAGUE_SMTP_URL."
        ),
    ),
    (
        smtplib.SMTPAuthenticationError,
        "{server} refuses the user name or password of GITLEAGUE_SMTP_URL.",
    ),
    (smtplib.SMTPRecipientsRefused, "{server} does not take mail for this address."),
    (smtplib.SMTPServerDisconnected, "{server} stopped answering. Try again later."),
    (TimeoutError, "{server} stopped answering. Try again later."),
    (smtplib.SMTPException, "{server} refused the mail ({name})."),
    (OSError, "{server} cannot be reached. Check GITLEAGUE_SMTP_URL."),
)
