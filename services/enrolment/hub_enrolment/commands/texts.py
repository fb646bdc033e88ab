"""Text as people type it, checked before it reaches the database."""

import re
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from hub_enrolment.domain.venues import LONGEST_LINK

PHONE: Final = re.compile(r"\+?[0-9 ()-]+")
PHONE_FEWEST_DIGITS: Final = 7
PHONE_MOST_DIGITS: Final = 15  # ITU-T E.164 (November 2010), 6.2


class Text(fields.String):
    """Some words: trimmed, not blank, at most `longest` characters, no control characters."""

    def __init__(self, *, longest: int = 200, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(validate=validate.Length(1, longest), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        # "Cs" would be half a character that UTF-8 cannot carry.
        if not all(character.isprintable() or character in "\n\t" for character in text):
            raise ValidationError("Only printable characters can be kept.")
        return text


class Line(Text):
    """Some words on one line."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if not text.isprintable():
            raise ValidationError("Only one line can be kept, without tabs.")
        return text


class JoiningLink(fields.String):
    """The address at which a session is joined online; the rule for it is in `domain.venues`."""

    def __init__(self, **kwargs: Any) -> None:
        told = {"format": "uri", "pattern": "^https://", "maxLength": LONGEST_LINK}
        super().__init__(allow_none=True, metadata=told, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return str(super()._deserialize(value, attr, data, **kwargs)).strip()


class Email(fields.Email):
    """An e-mail address in ASCII, kept in lower case."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        address = str(super()._deserialize(value, attr, data, **kwargs)).strip().lower()
        if not address.isascii() or len(address) > 254:  # RFC 5321, 4.5.3.1.3
            raise ValidationError("Not a valid email address.")
        return address


class Phone(fields.String):
    """A telephone number as people write it: 7 to 15 digits with spaces, brackets and dashes."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        number = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        digits_n = sum(character.isdigit() for character in number)
        if not (PHONE.fullmatch(number) and PHONE_FEWEST_DIGITS <= digits_n <= PHONE_MOST_DIGITS):
            raise ValidationError("Not a telephone number.")
        if len(number) > 2 * PHONE_MOST_DIGITS:
            raise ValidationError("Not a telephone number.")
        return number
