"""Text fields for what people type: names, e-mail addresses, telephone numbers, joining links."""

import re
import unicodedata
from typing import Final

from marshmallow import ValidationError, fields

from hub_enrolment.domain.venues import LONGEST_LINK
from hub_platform.json_values import Values
from hub_platform.schemas import Lines, Option, Text, trimmed

__all__ = ["Email", "JoiningLink", "Lines", "Name", "Phone", "Text"]

LONGEST_ADDRESS: Final = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets of a path
# RFC 5321, 4.1.2: Dot-string "@" Domain, in lower case. Quoted local parts and address literals are refused:
# no school has one, and e-mail programs differ about them. Local part and labels are as long as in 4.5.3.1.
ATEXT: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]"
LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
ADDRESS: Final = re.compile(
    rf"(?=.{{1,64}}@){ATEXT}+(?:\.{ATEXT}+)*@(?:{LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])"
)
LONGEST_NAME: Final = 100  # characters
JOINERS: Final = "\u200c\u200d"
PHONE: Final = re.compile(r"\+?[0-9 ()-]+")
PHONE_FEWEST_DIGITS: Final = 7
PHONE_MOST_DIGITS: Final = 15  # ITU-T E.164 (November 2010), 6.2


class Name(Text):
    """A given or family name in any script; blank for the missing part of a single name.

    Invisible characters that programs add, such as a zero-width space or a mark of direction, are removed.
    Joiners stay: the spelling of Persian and Indian names needs them.
    """

    besides = JOINERS

    def __init__(self, **kwargs: Option) -> None:
        super().__init__(longest=LONGEST_NAME, shortest=0, **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Values | None, **kwargs: object) -> str:
        if isinstance(value, str) and not value.isascii():
            kept = (one for one in value if one in JOINERS or unicodedata.category(one) != "Cf")
            value = trimmed("".join(kept)).strip(JOINERS)
        return super()._deserialize(value, attr, data, **kwargs)


class JoiningLink(fields.String):
    """A session's joining link, as text; `domain.venues` has the rule for it."""

    def __init__(self, **kwargs: Option) -> None:
        metadata = {"format": "uri", "pattern": "^https://", "maxLength": LONGEST_LINK}
        super().__init__(allow_none=True, metadata=metadata, **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).strip()


class Email(fields.Email):
    """An e-mail address in ASCII, stored in lower case."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        address = trimmed(str(super()._deserialize(value, attr, data, **kwargs))).lower()
        if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
            raise ValidationError("Not a valid email address.")
        return address


class Phone(fields.String):
    """A telephone number of 7 to 15 digits, with spaces, brackets and dashes."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        number = trimmed(str(super()._deserialize(value, attr, data, **kwargs)))
        digits_n = sum(character.isdigit() for character in number)
        if not (PHONE.fullmatch(number) and PHONE_FEWEST_DIGITS <= digits_n <= PHONE_MOST_DIGITS):
            raise ValidationError("Not a telephone number.")
        if len(number) > 2 * PHONE_MOST_DIGITS:
            raise ValidationError("Not a telephone number.")
        return number
