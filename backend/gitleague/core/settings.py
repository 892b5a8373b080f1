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

from dotenv import dotenv_values
from gitleague_client.environment import PREFIX
from limits import parse
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from gitleague.core.environment import check_names
from gitleague.core.errors import SettingsError

ENV_FILE = ".env"
MIN_SECRET_LENGTH = 32
EXAMPLE_SECRETS = frozenset({"changethis", "secret", "change-me", "changeme"})


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, extra="ignore", frozen=True
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
    old_secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Earlier values of GITLEAGUE_SECRET_KEY, separated by commas: what they sealed "
        "can still be read. After `gitleague secrets rotate` they are no longer needed.",
    )
    backup_key: SecretStr = Field(
        SecretStr(""),
        description="Encrypts backups; at least 32 characters, kept in another place than they "
        "are. Empty: they are not encrypted.",
    )
    legacy_fernet_key: SecretStr = Field(
        SecretStr(""),
        description="FERNET_KEY of the original deployment, for `gitleague import-legacy` alone: "
        "opens the credentials of its repositories.",
    )
    postgresql_programs: Path | None = Field(
        None,
        description="Folder of `pg_dump` and `psql`, which backups of PostgreSQL need. Empty: they "
        "are found on PATH.",
    )
    redis_url: str = Field(
        "",
        description="Redis for rate limits shared between processes, and for the Celery worker "
        "that then does the jobs. Empty: limits in memory, jobs in a process beside the server.",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000", description="The address that people open; links are built on it."
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="smtp://user:password@host:port for sign-in mails, encrypted with STARTTLS, "
        "which only a server on this machine may lack; smtps:// for TLS from the start; "
        "smtp+plain:// for none. Empty: links are printed by `gitleague serve`.",
    )
    smtp_timeout: float = Field(
        15, gt=0, description="Seconds that a mail server may take for each answer."
    )
    mail_from: str = Field("The Git League <league@localhost>", description="Sender of the mails.")
    slack_url: SecretStr = Field(
        SecretStr(""),
        description="Address of an incoming webhook of Slack, where `gitleague notify` posts what "
        "it mails. Empty: it mails only.",
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Addresses or networks, separated by commas, "
        "whose X-Forwarded-For is believed.",
    )
    operators: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="E-mail addresses, separated by commas, of those who see the state of the "
        "server on /operator once they are signed in.",
    )
    outbound_http: bool = Field(
        False,
        description="Whether webhooks may be sent, and repositories pulled, over plain http, "
        "which others can read.",
    )
    outbound_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Private addresses or networks, separated by commas, that webhooks and pulls "
        "may reach.",
    )
    pull_ca_file: Path | None = Field(
        None,
        description="File with the certificates of authorities that pulls over https trust, "
        "in place of the system's.",
    )
    pull_minutes: int = Field(
        60,
        ge=1,
        le=1440,
        description="How long one pull may take; the next one goes on from where it stopped.",
    )
    pull_megabytes: int = Field(
        4096, ge=1, description="How large the server's clone of one pulled repository may be."
    )
    rate_limit_api: str = Field(
        "600/minute", description="Requests to the API for each key, else each address."
    )
    rate_limit_pages: str = Field(
        "600/minute", description="Pages for each account, else each address."
    )
    rate_limit_sign_in: str = Field(
        "5/minute", description="Sign-in attempts for each network address (IPv6: each /64)."
    )
    rate_limit_mailbox: str = Field(
        "5/15minutes", description="Sign-in links for each mailbox, from all addresses together."
    )
    max_batch: int = Field(5000, ge=1, le=5000, description="Commits that one push may carry.")
    max_body_bytes: int = Field(
        32 * 1024 * 1024, ge=1024, description="Size of a push's body, unpacked, in bytes."
    )
    max_requests_under_way: int = Field(
        256,
        ge=8,
        description="Requests that one process answers at the same time; more are told to come "
        "back in a moment.",
    )
    live_streams: int = Field(
        1000,
        ge=0,
        description="Streams of live updates that one process keeps open; more are told to come "
        "back later.",
    )
    live_look_seconds: float = Field(
        1, gt=0, le=60, description="How often a process looks for what is new, for all streams."
    )
    live_heartbeat_seconds: float = Field(
        15,
        gt=0,
        le=300,
        description="How often a stream says that it is still there; many proxies end what is "
        "silent for a minute.",
    )
    jwt_minutes: int = Field(120, ge=1, le=1440, description="How long an API token is good for.")
    session_days: int = Field(30, ge=1, le=365, description="How long a browser stays signed in.")
    smoke_token: SecretStr = Field(
        SecretStr(""), description="A commissioner's token, for `gitleague smoke` only."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe message that is logged."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Lines for people, or one JSON object a line for machines."
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="With it as `Authorization: Bearer …`, /metrics is read from anywhere. "
        "Empty: from GITLEAGUE_METRICS_NETWORKS only.",
    )
    metrics_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="Addresses or networks, separated by commas, that read /metrics without a "
        "token; never through a proxy.",
    )
    traces_url: str = Field(
        "",
        description="Where OpenTelemetry traces are sent (OTLP over HTTP, with its path, such as "
        "http://127.0.0.1:4318/v1/traces). Needs the extra `traces`. Empty: nowhere.",
    )
    errors_dsn: SecretStr = Field(
        SecretStr(""),
        description="DSN of a Sentry-compatible server that unexpected errors are reported to. "
        "Needs the extra `errors`. Empty: they are logged only.",
    )

    @field_validator(
        "trusted_proxies", "outbound_networks", "metrics_networks", "old_secret_keys", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("operators", mode="before")
    @classmethod
    def _addresses(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        addresses = tuple(part.strip().lower() for part in value.split(",") if part.strip())
        if any("@" not in address for address in addresses):
            raise ValueError("must be e-mail addresses, separated by commas")
        return addresses

    @field_validator("secret_key", "backup_key")
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

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("smtp://", "smtps://", "smtp+plain://")):
            raise ValueError("must begin with smtp://, smtps:// or smtp+plain://")
        return value

    @field_validator(
        "rate_limit_api", "rate_limit_pages", "rate_limit_sign_in", "rate_limit_mailbox"
    )
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
        return with_driver(url)

    @cached_property
    def signing_key(self) -> str:
        """The secret in force; made on first use where none is set."""
        return self.secret_key.get_secret_value() or _kept_secret(self.data_dir / "secret.key")

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")


def with_driver(url: str) -> str:
    """Hosting platforms hand out the short scheme; psycopg 3 is the one driver we ship."""
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def load_settings() -> Settings:
    """Settings from the environment. Raises SettingsError naming each wrong variable."""
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    check_names((*os.environ, *dotenv_values(ENV_FILE)), settings)
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(
            "; ".join(
                f"GITLEAGUE_{str(problem['loc'][0]).upper()} {problem['msg'].lower()}"
                for problem in error.errors()
            )
        ) from error


def shared_metrics() -> str | None:
    """The folder in which several processes count together; none where there is only one."""
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR") or None


def share_metrics(data_dir: Path) -> None:
    """Let the processes that are started from here count together, from nothing."""
    folder = data_dir.resolve() / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


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
