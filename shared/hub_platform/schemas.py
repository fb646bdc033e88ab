"""marshmallow fields and the base schema that every service's commands share."""

from datetime import UTC
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, fields, post_load


class Instant(fields.AwareDateTime):
    """An ISO 8601 instant with an offset, held as UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
        except OverflowError as exc:  # year 1 or 9999, near the edge
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from exc


class Flag(fields.Boolean):
    """True or false as JSON has them: no 0, no "yes"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class CommandSchema(Schema):
    """Reads one command strictly: an unknown field is refused; the result is of the class `command`."""

    command: ClassVar[type]

    class Meta:
        """Nothing that was sent is silently ignored."""

        unknown = RAISE

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """Build the command."""
        return self.command(**data)
