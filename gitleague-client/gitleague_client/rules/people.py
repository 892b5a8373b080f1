"""Who is no player: bots (left out of standings) and AI assistants (never players)."""

from __future__ import annotations

import re
from functools import lru_cache

_BOT = re.compile(
    r"\[bot\]|^(?:dependabot|renovate|greenkeeper|snyk|github[- ]actions|gitlab[- ]bot|"
    r"pre-commit-ci|weblate|jenkins|travis(?: ci)?|semantic-release-bot|allcontributors|"
    r"mergify|bors|codecov|imgbot|deepsource|sonarcloud|release-please)"
    r"(?:[- ](?:bot|preview|autofix|ci))?$|[- ]bot$",
    re.IGNORECASE,
)
# Their makers employ people, who commit too: the domain alone says nothing.
_ASSISTANT_ADDRESS = re.compile(
    r"^(?:no-?reply|claude|codex|chatgpt|cursor|cursoragent|aider|devin)"
    r"@(?:anthropic\.com|openai\.com|cursor\.com|aider\.chat|devin\.ai)$|"
    r"(?:^|\+)copilot(?:\[bot\])?@users\.noreply\.github\.com$|copilot@github\.com$|"
    r"(?:copilot-swe-agent|devin-ai-integration|gemini-code-assist|amazon-q-developer|"
    r"google-labs-jules|sourcegraph-cody|windsurf)(?:\[bot\])?@",
    re.IGNORECASE,
)
_ASSISTANT_NAME = re.compile(
    r"^(?:claude[ -](?:code|opus|sonnet|haiku|\d).*|(?:github )?copilot(?:[ -].*)?|"
    r"aider(?: \(.*\))?|cursor agent|(?:openai )?codex(?:[ -].*)?|chatgpt(?:[ -].*)?|"
    r"gemini(?:[ -](?:cli|code.*))|devin ai|windsurf|amazon q.*)(?:\[bot\])?$|"
    r"^(?:claude|devin|jules|cursor|amp)\[bot\]$",
    re.IGNORECASE,
)
# People have these names: only an address that is no person's makes an assistant of them.
_PERSONAL_NAME = re.compile(r"^(?:claude(?: .*)?|devin|jules|cursor|amp)$", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"^$|no-?reply@", re.IGNORECASE)

# Addresses that tools write where they know none: many people's, so nobody's.
_NOBODYS = frozenset(
    {
        "unknown@unknown.local",  # what the 0.1.0 client sends for an empty one
        "unknown@localhost",
        "none@none",
        "root@localhost",
        "root@localhost.localdomain",
        "noreply@github.com",
    }
)
# A forge hides an address as 123+login@users.noreply.… (GitLab: 123-login@…), once as login@….
_HIDDEN = re.compile(r"(?:\d+\+|\d+-(?=[^@]+@users\.noreply\.gitlab\.))?([^@]+@users\.noreply\..+)")
_LONGEST_ADDRESS = 320


def address_of(email: str) -> str:
    """What joins the spellings of an address; empty where it is no one person's."""
    address = email.strip().lower()
    if "@" not in address or len(address) > _LONGEST_ADDRESS or address in _NOBODYS:
        return ""
    hidden = _HIDDEN.fullmatch(address)
    return hidden[1] if hidden else address


@lru_cache(maxsize=4096)
def is_bot(name: str, email: str) -> bool:
    """A machine account: `[bot]` in the name or address, or a name every forge knows."""
    return "[bot]" in email.lower() or bool(_BOT.search(name.strip()))


def is_assistant(name: str, email: str) -> bool:
    """An AI assistant: its trailer labels the commit as assisted and makes no player."""
    address = email.strip()
    if _ASSISTANT_ADDRESS.search(address):
        return True
    plain = name.strip()
    if _ASSISTANT_NAME.search(plain):
        return True
    return bool(_PERSONAL_NAME.search(plain) and _NO_ADDRESS.search(address))
