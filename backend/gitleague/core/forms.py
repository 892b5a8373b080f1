"""What forms send."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, model_validator


class WithoutBlanks(BaseModel):
    """A form sends its empty fields too: they ask for nothing."""

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return {name: value for name, value in values.items() if value != ""}
