"""What opens a repository: sealed in the database, and handed to git in its environment alone."""

from __future__ import annotations

import json
import uuid
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

from gitleague.core.errors import FieldError, Invalid
from gitleague.core.sealing import BrokenSealError, Sealer
from gitleague.sync.pull.words import CannotPull
from gitleague.tables.syncs import CredentialKind

OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"


class Credential(NamedTuple):
    kind: CredentialKind
    secret: str  # the password or token, or the private key
    username: str | None = None

    def __repr__(self) -> str:
        return f"Credential({self.kind.value})"


def place_of(repo_id: uuid.UUID) -> str:
    """Where a sealed credential belongs."""
    return f"repo:{repo_id}"


def check_credential(credential: Credential) -> Credential:
    """As git takes it. Raises Invalid, without a word of the secret."""
    if credential.kind is CredentialKind.TOKEN:
        for value in (credential.username or "", credential.secret):
            if not value.isprintable():  # a line of its own would be another answer to git
                raise _invalid("password", "It holds characters that no password has.")
        return credential
    key = credential.secret.replace("\r\n", "\n").strip() + "\n"
    load = load_ssh_private_key if key.startswith(OPENSSH) else load_pem_private_key
    try:
        load(key.encode(), password=None)
    except TypeError:
        raise _invalid("private_key", "It has a passphrase. Send a key without one.") from None
    except (ValueError, UnsupportedAlgorithm):
        said = "This is no private key that can be read, or it has a passphrase."
        raise _invalid("private_key", said) from None
    return credential._replace(secret=key)


def seal(sealer: Sealer, credential: Credential, repo_id: uuid.UUID) -> str:
    told = {**credential._asdict(), "kind": credential.kind.value}
    return sealer.seal(json.dumps(told), place=place_of(repo_id))


def unseal(sealer: Sealer, sealed: str, repo_id: uuid.UUID) -> Credential:
    """Raises CannotPull."""
    try:
        told = json.loads(sealer.unseal(sealed, place=place_of(repo_id)))
    except BrokenSealError:
        raise CannotPull(
            "The credential was sealed with another GITLEAGUE_SECRET_KEY. Set it again, or the "
            "operator adds the earlier key to GITLEAGUE_OLD_SECRET_KEYS."
        ) from None
    return Credential(CredentialKind(told["kind"]), told["secret"], told["username"])


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(field=field, message=message)])
