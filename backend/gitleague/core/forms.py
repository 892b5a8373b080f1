"""What forms send."""

from typing import Any

from pydantic import BaseModel, model_validator


class WithoutBlanks(BaseModel):
    """A form sends its empty fields too: they ask for nothing."""

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: Any) -> Any:
        return {name: value for name, value in dict(values).items() if value != ""}
