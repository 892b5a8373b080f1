"""Every setting of the server: its type, default and one sentence.

Set as GITLEAGUE_<NAME> in the environment or in `.env`.
"""

from __future__ import annotations

import os
import secrets
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from limits import parse
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from gitleague.core.errors import SettingsError

MIN_SECRET_LENGTH = 32
EXAMPLE_SECRETS = frozenset({"changethis", "secret", "change-me", "changeme"})


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="GITLEAGUE_", env_file=".env", extra="ignore", frozen=True
    )

    database_url: str = Field(
        "",
        description="SQLAlchemy URL of the database (sqlite or postgresql). "
        "Empty: SQLite in the data folder.",
    )
    database_wait_seconds: int = Field(
        10,
        ge=1,
        le=60,
        description="How long a request waits for a database that is busy or away, before it "
        "answers 503.",
    )
    data_dir: Path = Field(
        Path("data"), description="Folder for the embedded database and what the server keeps."
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs tokens and cookies, and seals secrets at rest; at least 32 characters. "
        "Empty: made once and kept in the data folder.",
    )
    redis_url: str = Field(
        "",
        description="Redis for rate limits shared between processes, and for the Celery worker "
        "that then does the jobs. Empty: limits in memory, jobs in a thread of the server.",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000", description="The address that people open; links are built on it."
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="smtp://user:password@host:port for sign-in mails. "
        "Empty: links are printed by `gitleague serve`.",
    )
    mail_from: str = Field("The Git League <league@localhost>", description="Sender of the mails.")
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Addresses or networks, separated by commas, "
        "whose X-Forwarded-For is believed.",
    )
    outbound_http: bool = Field(
        False, description="Whether webhooks may be sent over plain http, which others can read."
    )
    outbound_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Private addresses or networks, separated by commas, that webhooks may reach.",
    )
    rate_limit_api: str = Field(
        "600/minute", description="Requests to the API for each key, else each address."
    )
    rate_limit_sign_in: str = Field("5/minute", description="Sign-in attempts for each address.")
    max_batch: int = Field(5000, ge=1, le=5000, description="Commits that one push may carry.")
    max_body_bytes: int = Field(
        32 * 1024 * 1024, ge=1024, description="Size of a request body, unpacked, in bytes."
    )
    jwt_minutes: int = Field(120, ge=1, le=1440, description="How long an API token is good for.")
    session_days: int = Field(30, ge=1, le=365, description="How long a browser stays signed in.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe message that is logged."
    )

    @field_validator("trusted_proxies", "outbound_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("secret_key")
    @classmethod
    def _strong(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret and (len(secret) < MIN_SECRET_LENGTH or secret.lower() in EXAMPLE_SECRETS):
            raise ValueError(
                f"is weak: use at least {MIN_SECRET_LENGTH} random characters, for example from "
                "`openssl rand -hex 32`"
            )
        return value

    @field_validator("database_url")
    @classmethod
    def _supported(cls, value: str) -> str:
        scheme = value.partition(":")[0].partition("+")[0]
        if value and (scheme not in {"sqlite", "postgresql", "postgres"} or "://" not in value):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("rate_limit_api", "rate_limit_sign_in")
    @classmethod
    def _rate(cls, value: str) -> str:
        try:
            parse(value)
        except ValueError:
            raise ValueError("must be a rate like 600/minute") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @cached_property
    def database(self) -> str:
        """The URL in force."""
        url = self.database_url or f"sqlite:///{self.data_dir.resolve() / 'gitleague.db'}"
        # Hosting platforms hand out the short scheme; psycopg 3 is the one driver we ship.
        for short in ("postgresql://", "postgres://"):
            if url.startswith(short):
                return "postgresql+psycopg://" + url.removeprefix(short)
        return url

    @cached_property
    def signing_key(self) -> str:
        """The secret in force; made on first use where none is set."""
        return self.secret_key.get_secret_value() or _kept_secret(self.data_dir / "secret.key")

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")


def load_settings() -> Settings:
    """Settings from the environment. Raises SettingsError naming each wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(
            "; ".join(
                f"GITLEAGUE_{str(problem['loc'][0]).upper()} {problem['msg'].lower()}"
                for problem in error.errors()
            )
        ) from error


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    secret = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
