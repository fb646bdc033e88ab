"""Codes of a vocabulary in requests."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from marshmallow import fields, validate


class OneOf(fields.String):
    """One code of a vocabulary, read as its member."""

    def __init__(self, vocabulary: Iterable[StrEnum], **kwargs: Any) -> None:
        self.members = {member.value: member for member in vocabulary}
        super().__init__(validate=validate.OneOf(list(self.members)), **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: Any) -> Any:
        code = super()._deserialize(value, attr, data, **kwargs)
        return self.members.get(code, code)  # another code is refused by the validator
