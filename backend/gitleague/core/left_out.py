"""Fields of a change that may be left out."""

from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

Kind = TypeVar("Kind")


class _NullUntold:
    """`null` is taken as left out. The description of the API leaves that out too."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        (told,) = (each for each in handler(schema)["anyOf"] if each != {"type": "null"})
        return dict(told)


# Not a union with SkipJsonSchema[None]: the errors of one name its parts as Python calls them.
LeftOut: TypeAlias = Annotated[Kind | None, _NullUntold()]
