"""Cases that change nothing share one world."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

Test = Callable[..., None]


def in_one_world(names: str, cases: Iterable[Any]) -> Callable[[Test], Test]:
    """As `parametrize`, but in one test: for what is only read, or refused. Names all that fail."""
    arguments = [name.strip() for name in names.split(",")]

    def with_cases(test: Test) -> Test:
        signature = inspect.signature(test)
        fixtures = [one for one in signature.parameters.values() if one.name not in arguments]

        @wraps(test)
        def all_of_them(**given: Any) -> None:
            failed = []
            for case in cases:
                values = case if len(arguments) > 1 else (case,)
                try:
                    test(**given, **dict(zip(arguments, values, strict=True)))
                except AssertionError as error:
                    failed.append(f"{case!r}: {error}")
            if failed:
                raise AssertionError("\n\n".join(failed))

        all_of_them.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return all_of_them

    return with_cases
