"""Every error of the client: its exit code, its sentence, what to do."""

import pytest
from gitleague_client import errors
from gitleague_client.errors import ClientError, Exit


def every_kind_of(parent: type[ClientError]) -> list[type[ClientError]]:
    found = []
    for child in parent.__subclasses__():
        found += [child, *every_kind_of(child)]
    return found


@pytest.mark.parametrize("kind", every_kind_of(ClientError), ids=lambda kind: kind.__name__)
def test_it_says_what_is_wrong_and_what_to_do(kind: type[ClientError]) -> None:
    error = kind()
    assert str(error) == kind.__doc__
    assert error.remedy
    assert error.exit_code in set(Exit) - {Exit.DONE, Exit.INTERRUPTED}
    assert str(kind("This.", remedy="That.")) == "This."
    assert kind(remedy="That.").remedy == "That."


@pytest.mark.parametrize("kind", every_kind_of(ClientError), ids=lambda kind: kind.__name__)
def test_it_is_in_the_picture(kind: type[ClientError]) -> None:
    """The tree at the top of errors.py is drawn by hand."""
    drawn = str(errors.__doc__)
    (line,) = [line for line in drawn.splitlines() if f"─ {kind.__name__} " in line]
    assert line.split("─ ")[1].split()[1] == str(int(kind.exit_code))
