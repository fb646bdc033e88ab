"""A patch of the broker's client (py-amqp 5): it survives a message whose properties are not text.

It decodes every property as UTF-8 while it reads, and an error there breaks the connection: the message is
delivered again, breaks the next one, and so on for ever. Importing this module closes that: such a message
arrives with no properties at all, and its reader decides.
"""

from typing import Final

from amqp import serialization

_BASIC: Final = 60  # AMQP 0-9-1: the class that all messages are of
_strict = serialization.PROPERTY_CLASSES[_BASIC]


def _read_properties(header: bytes, offset: int) -> tuple[dict[str, object], int]:
    try:
        properties, offset = _strict(header, offset)
    except UnicodeDecodeError:
        return {}, len(header)
    return properties, offset


serialization.PROPERTY_CLASSES[_BASIC] = _read_properties
