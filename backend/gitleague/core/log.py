"""The log: text for people or JSON for machines, with the request's id, and nothing secret in it.

What is secret is never given to the log in the first place, which the tests watch over. What a
library might write all the same is blotted out here, in the text of a line and of its traceback.
"""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from gitleague.core.settings import Settings

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
JSON = "%(asctime)s %(levelname)s %(name)s %(message)s %(process)d"
BLOT = "<redacted>"
SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(tgl_[a-z0-9]{8})_[A-Za-z0-9_-]{8,}"), rf"\1_{BLOT}"),  # API keys
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"), BLOT),  # tokens
    (re.compile(r"(/(?:sign-in|invitations)/|[?&]invitation=)[\w-]{16,}"), rf"\1{BLOT}"),
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), rf"\1{BLOT}@"),  # passwords in addresses
    (
        re.compile(
            r"(?i)(\bauthorization[\"']?\s*[=:]\s*[\"']?(?:bearer|basic|digest|token)\s+)"
            r"[^\s\"',;]+"
        ),
        rf"\1{BLOT}",
    ),
    (re.compile(r"\bwhsec_[A-Za-z0-9+/=]{8,}"), f"whsec_{BLOT}"),
    (
        re.compile(r"(?i)\b((?:password|passwd|secret_key)[\"']?\s*[=:]\s*[\"']?)[^\s\"',;]+"),
        rf"\1{BLOT}",
    ),
)


def redact(text: str) -> str:
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


class RedactedText(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class RedactedJson(JsonFormatter):
    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Before it becomes JSON, whose quotes and backslashes would be in the way."""
        told = super().process_log_record(log_data)
        return {
            name: redact(value) if isinstance(value, str) else value for name, value in told.items()
        }


def configure(settings: Settings) -> None:
    """For a whole process; doing it again changes nothing."""
    handler = logging.StreamHandler()
    handler.addFilter(_with_request_id)
    if settings.log_format == "json":
        handler.setFormatter(
            RedactedJson(
                JSON,
                rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
                datefmt="%Y-%m-%dT%H:%M:%S%z",
            )
        )
    else:
        handler.setFormatter(RedactedText(TEXT))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)


def _with_request_id(record: logging.LogRecord) -> bool:
    found = request_id.get()
    if found and not hasattr(record, "request_id"):
        record.request_id = found
    return True
