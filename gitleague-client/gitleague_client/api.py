"""HTTP with the league: one client, retries that obey the server, problem+json to errors."""

from __future__ import annotations

import gzip
import random
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import TypeAdapter, ValidationError

from gitleague_client import __version__
from gitleague_client.credentials import is_key
from gitleague_client.errors import (
    BatchTooLarge,
    ClientError,
    KeyRefused,
    MistypedKey,
    NotAllowed,
    NotRegistered,
    ServerRefused,
    ServerUnreachable,
    UsageError,
)
from gitleague_client.proxies import is_this_machine, way_to
from gitleague_client.rules.defaults import Rules

API = "/api/v1"
PASSING = frozenset({429, 502, 503, 504})  # worth another try
LONGEST_WAIT = 120.0  # seconds; a server that says more is asked again by the next sync
TIMEOUT = httpx.Timeout(connect=10, read=120, write=60, pool=10)
UPGRADE = "Upgrade: pipx upgrade gitleague-client"
UNTRUSTED = (
    "If an authority of your own signed the certificate, name a file that holds the authority's "
    "own certificate in SSL_CERT_FILE; else tell the operator of the server."
)
Answer = TypeVar("Answer")
_LATER = (ServerUnreachable, "Run the sync again later; it resumes.")
_KINDS: dict[int, tuple[type[ClientError], str | None]] = {
    401: (KeyRefused, None),
    403: (NotAllowed, None),
    413: (BatchTooLarge, None),
    426: (UsageError, UPGRADE),
    **dict.fromkeys(PASSING, _LATER),
}


@dataclass(frozen=True)
class Limits:
    max_batch: int = 5000
    max_body_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True)
class Status:
    """What the server has of a repository; of one that is not registered it has nothing."""

    heads: list[str]
    total_commits: int = 0
    limits: Limits = Limits()
    sync_method: str = "push_client"
    last_sync_at: datetime | None = None
    repo_id: str | None = None


@dataclass(frozen=True)
class Detail:
    sha: str | None
    status: str
    reason: str
    field: str | None = None


@dataclass(frozen=True)
class Pushed:
    inserted: int
    skipped: int
    errors: int
    details: list[Detail]


@dataclass(frozen=True)
class Ended:
    pruned: int
    total_commits: int


@dataclass(frozen=True, kw_only=True)
class RulesInForce:
    version: int
    rules: Rules
    # Empty for callers who may not push.
    pseudonym_salt: str
    change_salt: str = ""  # older servers have none
    # Commits that an upheld ruling takes out of the game; older servers have no rulings.
    penalized: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class About:
    name: str
    version: str


@dataclass(frozen=True)
class Tls:
    """How a connection is encrypted, and until when the server's certificate is valid."""

    version: str
    valid_until: datetime


class League:
    """One connection to the server, kept open; use it as a block."""

    def __init__(
        self,
        api_url: str,
        api_key: str,
        *,
        max_retries: int = 3,
        insecure: bool = False,
        on_wait: Callable[[str], None] = lambda _reason: None,
    ) -> None:
        check_key(api_key)
        base = api_url.rstrip("/").removesuffix(API)
        check_secure(base, insecure=insecure)
        self._tries = max_retries + 1
        self._on_wait = on_wait
        self._http = _client(base, api_key)
        self.clock_skew = 0.0  # seconds that this machine is ahead, as of the last answer
        self.tls: Tls | None = None  # of the last answer; None for plain http

    def __enter__(self) -> League:  # noqa: PYI034  # Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def about(self) -> About:
        return self._ask("GET", API, About)

    def status(self, project_id: object, repo: str) -> Status:
        try:
            return self._ask("GET", _place(project_id, repo, "status"), Status)
        except NotRegistered:
            return Status(heads=[])

    def rules(self, project_id: object) -> RulesInForce:
        return self._ask("GET", f"{API}/sync/projects/{project_id}/rules", RulesInForce)

    def push(self, project_id: object, repo: str, batch: bytes) -> Pushed:
        """`batch` is the JSON of `POST …/commits`."""
        return self._ask("POST", _place(project_id, repo, "commits"), Pushed, batch)

    def end(self, project_id: object, repo: str, refs: bytes) -> Ended:
        return self._ask("POST", _place(project_id, repo, "refs"), Ended, refs)

    def _ask(
        self, method: str, path: str, kind: type[Answer], content: bytes | None = None
    ) -> Answer:
        response = self._send(method, path, content)
        try:
            return TypeAdapter(kind).validate_json(response.content)
        except ValidationError:
            raise _no_league(self._http.base_url) from None

    def _send(self, method: str, path: str, content: bytes | None) -> httpx.Response:
        headers = {}
        if content is not None:
            content = gzip.compress(content, compresslevel=1, mtime=0)
            headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        for left in reversed(range(self._tries)):
            try:
                response = self._http.request(method, path, content=content, headers=headers)
            except httpx.TransportError as error:
                problem: ClientError = _no_answer(self._http.base_url, error)
                wait = None
            except httpx.DecodingError:
                raise _no_league(self._http.base_url) from None
            else:
                self._note_clock(response)
                self.tls = _tls_of(response)
                if response.is_success:
                    return response
                problem = _problem(response)
                if response.status_code not in PASSING:
                    raise problem
                wait = _retry_after(response)
            if not left or (wait or 0) > LONGEST_WAIT:
                raise problem
            seconds = _backoff(self._tries - 1 - left) if wait is None else wait
            self._on_wait(f"{problem} Trying again in {seconds:.0f} s.")
            time.sleep(seconds)
        raise AssertionError("there is always a try")

    def _note_clock(self, response: httpx.Response) -> None:
        try:
            theirs = parsedate_to_datetime(response.headers["Date"])
        except (KeyError, ValueError, TypeError):
            return
        theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=timezone.utc)
        self.clock_skew = (datetime.now(timezone.utc) - theirs).total_seconds()


def _client(base: str, api_key: str) -> httpx.Client:
    """Raises UsageError for settings of the environment that cannot be used."""
    try:
        return httpx.Client(
            base_url=base,
            mounts=dict.fromkeys(("http://", "https://")) if is_this_machine(base) else None,
            timeout=TIMEOUT,
            headers={
                "Authorization": f"Bearer {api_key}",
                "User-Agent": f"gitleague-client/{__version__}",
            },
        )
    except OSError:  # of ssl, too
        raise UsageError(
            "No certificates can be read from where SSL_CERT_FILE says.",
            remedy="Correct it: it names a file of certificates in PEM.",
        ) from None
    except (ValueError, ImportError, httpx.InvalidURL):
        raise UsageError(
            f"{way_to(base).setting or 'The proxy'} is no address of a proxy.",
            remedy="It looks like http://proxy.example.org:8080, and names no other variable.",
        ) from None


def check_key(key: str) -> None:
    """Raises KeyRefused for what cannot be a key, without asking anybody."""
    if not key:
        raise KeyRefused(
            "There is no API key.",
            remedy="Run `gitleague-client login`, or set GITLEAGUE_API_KEY.",
        )
    if not key.startswith("tgl_"):
        raise MistypedKey("This is no API key: they begin with `tgl_`.")
    if not is_key(key):
        raise MistypedKey


def check_secure(base: str, *, insecure: bool) -> None:
    """Raises UsageError where the key would cross a network in the clear."""
    parts = urlsplit(base)
    if parts.scheme == "https" or insecure or is_this_machine(base):
        return
    raise UsageError(
        f"{base} is not encrypted, so others could read the API key on its way.",
        remedy="Use https:// in `api_url`, or pass --insecure if the network is your own.",
    )


def _place(project_id: object, repo: str, end: str) -> str:
    return f"{API}/sync/projects/{project_id}/repos/{quote(repo, safe='')}/{end}"


def _no_answer(base: object, error: httpx.TransportError) -> ServerUnreachable:
    reason = str(error).strip() or type(error).__name__
    remedy = UNTRUSTED if "CERTIFICATE_VERIFY_FAILED" in reason else None
    return ServerUnreachable(f"The server at {base} does not answer: {reason}.", remedy=remedy)


def _no_league(base: object) -> ServerUnreachable:
    return ServerUnreachable(f"What answers at {base} is no league.", remedy="Check `api_url`.")


def _tls_of(response: httpx.Response) -> Tls | None:
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("ssl_object") if stream else None
    if connection is None:
        return None
    seconds = ssl.cert_time_to_seconds(connection.getpeercert()["notAfter"])
    return Tls(connection.version(), datetime.fromtimestamp(seconds, timezone.utc))


def _problem(response: httpx.Response) -> ClientError:
    if response.is_redirect:
        try:
            place = urlsplit(response.headers.get("Location", ""))
        except ValueError:
            return _no_league(response.url.host)
        return UsageError(
            f"The server sends us on to {place.scheme}://{place.netloc}.",
            remedy="Use that address as `api_url`, if it is the league's.",
        )
    status = response.status_code
    if status == 404 and _problem_of(response).get("type") == "urn:gitleague:not-registered":
        return NotRegistered(_said(response))
    kind, remedy = _KINDS.get(status, (ServerRefused, None))
    return kind(_said(response), remedy=remedy)


def _said(response: httpx.Response) -> str:
    """The server's own sentence, with what to quote when asking for help."""
    problem = _problem_of(response)
    detail = problem.get("detail")
    if not isinstance(detail, str) or not detail:
        return f"The server answered {response.status_code} {response.reason_phrase}."
    request_id = problem.get("request_id")
    known = f" (request {request_id})" if response.status_code >= 500 and request_id else ""
    return detail + _what_is_wrong(problem.get("errors")) + known


def _what_is_wrong(errors: object) -> str:
    """The first field that the server found wrong, and why."""
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict) or not first.get("field"):
        return ""
    return f" ({first['field']}: {first.get('message')})"


def _problem_of(response: httpx.Response) -> dict[str, Any]:
    try:
        problem = response.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, from seconds or a date; None where the server does not say."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=timezone.utc)
    return max((aware - datetime.now(timezone.utc)).total_seconds(), 0.0)


def _backoff(tries_before: int) -> float:
    """Half a second and then twice as long each time, up to 30 s, and never all at once."""
    return min(0.5 * 2.0**tries_before, 30.0) * random.uniform(0.75, 1.25)  # noqa: S311
