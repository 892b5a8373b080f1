"""Where a recap can go, and how it gets there.

Slack and Discord are two hosts, and the library is given the parts of an address and never the
address: nobody can make it ask another. Mails go through the operator's own mail server.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from apprise.plugins.base import NotifyBase
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.slack import NotifySlack
from email_validator import EmailNotValidError, validate_email

from gitleague.accounts.mail import Letter, MailNotSent, deliver
from gitleague.core.settings import Settings
from gitleague.tables.outside import DigestKind

# They write addresses, which are secrets here, into their logs.
for name in ("apprise", "urllib3"):
    logging.getLogger(name).setLevel(logging.CRITICAL + 1)

_SLACK = re.compile(
    r"https://hooks\.slack\.com/services/(?P<token_a>[A-Z0-9]{1,20})/(?P<token_b>[A-Z0-9]{1,20})/"
    r"(?P<token_c>[A-Za-z0-9]{1,40})/?"
)
_DISCORD = re.compile(
    r"https://(?:canary\.|ptb\.)?discord(?:app)?\.com/api/webhooks/"
    r"(?P<webhook_id>[0-9]{5,25})/(?P<webhook_token>[\w-]{20,100})/?",
    re.ASCII,
)


class Unfit(ValueError):
    """No destination of this kind; the message says what is."""


class NotSent(Exception):
    """It did not get there; the message says why, and nothing of the destination."""


def check(kind: DigestKind, destination: str) -> str:
    """As it is kept. Raises Unfit."""
    if kind is DigestKind.EMAIL:
        try:
            return validate_email(destination, check_deliverability=False).normalized
        except EmailNotValidError:
            raise Unfit("This is no e-mail address.") from None
    if kind is DigestKind.SLACK and not _SLACK.fullmatch(destination):
        raise Unfit(
            "Send the address of an incoming webhook of Slack, which begins with "
            "https://hooks.slack.com/services/."
        )
    if kind is DigestKind.DISCORD and not _DISCORD.fullmatch(destination):
        raise Unfit(
            "Send the address of a webhook of Discord, which begins with "
            "https://discord.com/api/webhooks/."
        )
    return destination


def send(settings: Settings, kind: DigestKind, destination: str, *, title: str, text: str) -> None:
    """Raises NotSent."""
    if kind is DigestKind.EMAIL:
        _mail(settings, Letter(destination, title, text))
        return
    if not _plugin(kind, destination).notify(body=text, title=title):
        raise NotSent(f"{kind.value.capitalize()} did not take it.")


def _plugin(kind: DigestKind, destination: str) -> NotifyBase:
    pattern = _SLACK if kind is DigestKind.SLACK else _DISCORD
    parts = pattern.fullmatch(destination)
    if parts is None:
        raise NotSent("Its destination is none any more.")
    make: Callable[..., NotifyBase] = NotifySlack if kind is DigestKind.SLACK else NotifyDiscord
    return make(**parts.groupdict(), redirect=False, include_image=False)


def _mail(settings: Settings, letter: Letter) -> None:
    if not settings.smtp_url.get_secret_value():
        raise NotSent("This server has no mail server: GITLEAGUE_SMTP_URL is not set.")
    try:
        deliver(settings, letter)
    except MailNotSent:  # its words are for operators
        raise NotSent("The mail server did not take it.") from None
