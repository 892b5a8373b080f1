"""Mails, sent over SMTP; without one they are shown to whoever runs the server."""

from __future__ import annotations

import logging
import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from gitleague.core.settings import Settings

SECONDS = 15
log = logging.getLogger(__name__)


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
    """Send, or show. A mail server that fails is logged, without what the mail says."""
    if not settings.smtp_url.get_secret_value():
        sys.stdout.write(f"\n[mail to {letter.to}] {letter.subject}\n{letter.text}\n")
        sys.stdout.flush()
        return
    try:
        deliver(settings, letter)
    except (OSError, smtplib.SMTPException) as error:
        log.error("mail not sent: %s", type(error).__name__)  # noqa: TRY400 - no traceback: it may quote


def deliver(settings: Settings, letter: Letter) -> None:
    """Raises OSError and SMTPException."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message.set_content(letter.text)
    _deliver(settings.smtp_url.get_secret_value(), message)


def reach(settings: Settings) -> None:
    """As far as a letter would get, without one. Raises OSError and SMTPException."""
    with _connected(settings.smtp_url.get_secret_value()) as connection:
        connection.noop()


def _deliver(url: str, message: EmailMessage) -> None:
    with _connected(url) as connection:
        connection.send_message(message)


@contextmanager
def _connected(url: str) -> Iterator[smtplib.SMTP]:
    server = urlsplit(url)
    secure = ssl.create_default_context()
    host = server.hostname or "localhost"
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            host, server.port or 465, timeout=SECONDS, context=secure
        )
    else:
        connection = smtplib.SMTP(host, server.port or 587, timeout=SECONDS)
    with connection:
        if server.scheme != "smtps" and connection.has_extn("starttls"):
            connection.starttls(context=secure)
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        yield connection
