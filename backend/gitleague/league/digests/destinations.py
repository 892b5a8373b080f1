"""Where a recap can go, and how it gets there.

Slack and Discord are two hosts: of an address that somebody gave us only the tokens are used, so
that it cannot lead elsewhere. Mails go through the operator's own mail server.
"""

from __future__ import annotations

import json
import re

from email_validator import EmailNotValidError, validate_email

from gitleague.accounts.mail import Letter, MailNotSent, deliver
from gitleague.core.outbound import Outbound, Refused, Unreachable
from gitleague.core.settings import Settings
from gitleague.tables.outside import DigestKind

SLACK = "https://hooks.slack.com/services/"
DISCORD = "https://discord.com/api/webhooks/"
LONGEST_SLACK = 40_000  # characters of a message, as Slack documents it
LONGEST_DISCORD = 2_000  # as Discord documents it
_SLACK = re.compile(
    r"https://hooks\.slack\.com/services/"
    r"(?P<tokens>[A-Z0-9]{1,20}/[A-Z0-9]{1,20}/[A-Za-z0-9]{1,40})/?"
)
_DISCORD = re.compile(
    r"https://(?:canary\.|ptb\.)?discord(?:app)?\.com/api/webhooks/"
    r"(?P<tokens>[0-9]{5,25}/[\w-]{20,100})/?",
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


def send(
    settings: Settings,
    outbound: Outbound,
    kind: DigestKind,
    destination: str,
    *,
    title: str,
    text: str,
) -> None:
    """Raises NotSent."""
    if kind is DigestKind.EMAIL:
        _mail(settings, Letter(destination, title, text))
    elif kind is DigestKind.SLACK:
        _post(outbound, kind, SLACK + _tokens(_SLACK, destination), _slack_message(title, text))
    else:
        url = DISCORD + _tokens(_DISCORD, destination)
        _post(outbound, kind, url, _discord_message(title, text))


def _tokens(pattern: re.Pattern[str], destination: str) -> str:
    found = pattern.fullmatch(destination)
    if found is None:
        raise NotSent("Its address is no longer valid. Delete it, and add it again.")
    return found["tokens"]


def _slack_message(title: str, text: str) -> dict[str, object]:
    for found, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        title, text = title.replace(found, instead), text.replace(found, instead)
    return {"text": f"*{title}*\n{text}"[:LONGEST_SLACK]}


def _discord_message(title: str, text: str) -> dict[str, object]:
    """Which mentions nobody, whatever stands in it."""
    return {
        "content": f"**{title}**\n{text}"[:LONGEST_DISCORD],
        "allowed_mentions": {"parse": []},
    }


def _post(outbound: Outbound, kind: DigestKind, url: str, message: dict[str, object]) -> None:
    content = json.dumps(message).encode()
    try:
        answer = outbound.post(url, content, {"Content-Type": "application/json"})
    except (Refused, Unreachable) as error:
        raise NotSent(f"{kind.value.capitalize()} cannot be reached: {error}") from None
    if not 200 <= answer.status < 300:
        raise NotSent(f"{kind.value.capitalize()} did not take it.")


def _mail(settings: Settings, letter: Letter) -> None:
    if not settings.smtp_url.get_secret_value():
        raise NotSent("This server has no mail server: GITLEAGUE_SMTP_URL is not set.")
    try:
        deliver(settings, letter)
    except MailNotSent:  # its words are for operators
        raise NotSent("The mail server did not take it.") from None
