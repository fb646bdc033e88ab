"""Codes of a vocabulary in requests."""

from collections.abc import Iterable
from enum import StrEnum

from marshmallow import fields, validate

from hub_platform.schemas import Option


class OneOf(fields.String):
    """One code of a vocabulary, read as its member."""

    def __init__(self, vocabulary: Iterable[StrEnum], **kwargs: Option) -> None:
        self.members = {member.value: member for member in vocabulary}
        super().__init__(validate=validate.OneOf(list(self.members)), **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        return self.members.get(code, code)  # another code is refused by the validator
