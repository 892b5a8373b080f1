"""What people call awards."""

from gitleague.tables.awards import AwardKind

_NAMES = {AwardKind.MVP.value: "MVP"}


def name_of(kind: str) -> str:
    return _NAMES.get(kind) or kind.replace("_", " ").capitalize()
