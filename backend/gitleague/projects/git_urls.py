"""One repository under all the spellings of its git URL."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

from gitleague_client.urls import without_password

_SCP = re.compile(r"(?:[^/@:]+@)?(?P<host>\[[^]]+\]|[^/:@]+):(?!//)(?P<path>.+)", re.DOTALL)
_MERGED = re.compile(r"^(https?|ssh|git|git\+ssh|ssh\+git):/+(?=[^/])", re.IGNORECASE)
_HOSTED = frozenset({"http", "https", "ssh", "git", "git+ssh", "ssh+git"})
_DEFAULT_PORTS = {"http": 80, "https": 443, "ssh": 22, "git": 9418}
_MAX_KEY = 1024


def url_key(url: str) -> str:
    """The same text for each spelling: `host/path`, without user, default port and `.git`.

    `git@host:org/x.git`, `ssh://git@host/org/x`, `https://host/org/x.git/` are one. What is on no
    host (a path, file://) keeps its path. Raises ValueError for what names no repository.
    """
    text = _unmerged(url.strip())
    if not text.isprintable():
        raise ValueError("this is no git URL: it holds characters that nobody can see")
    scheme, _, _ = text.partition("://")
    if scheme.lower() in _HOSTED and "://" in text:
        return _hosted_key(text)
    scp = None if "://" in text or text.startswith(("/", ".", "~")) else _SCP.fullmatch(text)
    if scp:
        return _joined(scp["host"].lower(), scp["path"])
    path = text.removeprefix("file://")
    if not path.startswith("/"):
        raise ValueError("this is no git URL; one looks like git@host:team/site.git")
    return _joined("", posixpath.normpath(path))


def without_credentials(url: str) -> str:
    """The URL as it may be kept and shown: a password or token is cut out."""
    return without_password(_unmerged(url.strip()))


def name_of(url: str) -> str:
    """What to call a repository of which only the URL is known."""
    return url_key(url).rsplit("/", 1)[-1][:255]


def _unmerged(text: str) -> str:
    """A proxy that merges slashes makes `https:/host/x` of `https://host/x`."""
    return _MERGED.sub(r"\1://", text)


def _hosted_key(text: str) -> str:
    parts = urlsplit(text)
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").lower().rstrip(".")
    if not host:
        raise ValueError("this git URL names no host")
    port = parts.port  # raises ValueError beyond 65535
    if port and port != _DEFAULT_PORTS.get(scheme.replace("git+", "").replace("+git", "")):
        host = f"{host}:{port}"
    return _joined(host, parts.path)


def _joined(host: str, path: str) -> str:
    plain = re.sub(r"/+", "/", unquote(path)).strip("/").removesuffix(".git").rstrip("/")
    if not plain or not (host + plain).isprintable():
        raise ValueError("this git URL names no repository")
    key = f"{host}/{plain}"
    if len(key) > _MAX_KEY:
        raise ValueError("this git URL is too long")
    return key
