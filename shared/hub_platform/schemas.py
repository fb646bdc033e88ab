"""marshmallow fields and the base schema that every service's commands share."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from hub_platform.bounds import FAR_OFF, far_off
from hub_platform.json_values import JsonObject, Values

DAYS: Final = (date(2000, 1, 1), date(2199, 12, 31))  # the first and the last one that a list is asked for
# Any: keyword arguments of marshmallow's fields; each option has a type of its own.
Option = Any
SPACE: Final = "Zs"  # Unicode's spaces, the no-break space among them


def trimmed(text: str) -> str:
    """Text with every kind of space as a plain one, without spaces at its ends; line breaks stay."""
    if not text.isascii():
        text = "".join(" " if unicodedata.category(one) == SPACE else one for one in text)
    return text.strip(" ")


class Text(fields.String):
    """Words on one line: trimmed, not blank, at most `longest` characters, each of them printable.

    Line breaks, tabs and other control characters are refused, at the ends, too: names, titles, places and
    reasons end up in headers and subjects of e-mails, in lines of calendars and of logs.
    """

    besides: ClassVar[str] = ""  # further characters that it may contain
    refusal: ClassVar[str] = "Give one line: no line breaks, tabs or other control characters."

    def __init__(
        self,
        *,
        longest: int = 200,
        shortest: int = 1,
        also: Callable[[str], None] | None = None,
        **kwargs: Option,
    ) -> None:
        """`also`: one more check of a text of the right length, which raises `ValidationError`."""
        self.longest = longest

        def check(text: str) -> None:
            # marshmallow runs every check, also when one before it has failed.
            if also is not None and shortest <= len(text) <= longest:
                also(text)

        super().__init__(validate=[validate.Length(shortest, longest), check], **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Values | None, **kwargs: object) -> str:
        text = trimmed(str(super()._deserialize(value, attr, data, **kwargs)))
        # "Cs" is an unpaired surrogate, which UTF-8 cannot encode.
        if not all(character.isprintable() or character in self.besides for character in text):
            raise ValidationError(self.refusal)
        return text


class Lines(Text):
    """Words on several lines, such as a note that is read on its own page and in no header."""

    besides = "\n\t"
    refusal = "Use printable characters only."

    def _deserialize(self, value: object, attr: str | None, data: Values | None, **kwargs: object) -> str:
        lines = value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
        return super()._deserialize(lines, attr, data, **kwargs)


class Instant(fields.AwareDateTime):
    """An ISO 8601 instant with an offset, held as UTC."""

    def __init__(self, **kwargs: Option) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(
        self, value: object, attr: str | None, data: Values | None, **kwargs: object
    ) -> datetime:
        try:
            return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
        except OverflowError as exc:  # year 1 or 9999, near the edge
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from exc


class Flag(fields.Boolean):
    """True or false as JSON has them: no 0, no "yes"."""

    def _deserialize(self, value: object, attr: str | None, data: Values | None, **kwargs: object) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class DaysQuery(Schema):
    """Parameters `from` and `to` of a list: days in England, both included; either may be left out."""

    first_day = fields.Date(data_key="from", load_default=None, validate=validate.Range(*DAYS))
    last_day = fields.Date(data_key="to", load_default=None, validate=validate.Range(*DAYS))

    @validates_schema
    def check_order(self, data: JsonObject, **_: object) -> None:
        """Refuse a last day before the first one: such a list would always be empty."""
        first, last = data.get("first_day"), data.get("last_day")
        if first is not None and last is not None and last < first:
            raise ValidationError("Give the same day as in `from`, or a later one.", "to")


class CommandSchema(Schema):
    """Reads one command strictly: an unknown field is refused; the result is of the class `command`."""

    command: ClassVar[type]

    class Meta:
        """Nothing that was sent is silently ignored."""

        unknown = RAISE

    @post_load
    def make(self, data: JsonObject, **_: object) -> object:
        """Build the command.

        Raises:
            ValidationError: a day lies so far off that no rule can count from it.
        """
        if far := far_off(data):
            raise ValidationError({self.fields[name].data_key or name: [FAR_OFF] for name in far})
        return self.command(**data)
