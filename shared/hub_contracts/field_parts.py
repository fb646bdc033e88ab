"""Parts of the fields of events: their options and the check of patterns."""

from typing import Any, TypeAlias, TypedDict

from marshmallow import ValidationError, validate

from hub_contracts.json_text import JsonMapping

Document: TypeAlias = (
    JsonMapping | None
)  # that holds the value of a field; marshmallow passes it to each field


class FieldOptions(TypedDict, total=False):
    """Keyword arguments of every kind of field; `fields.Described` explains them."""

    optional: bool
    pseudonym: bool
    unit: str
    origin: str


class Pattern(validate.Regexp):
    """A pattern for the whole text; with `$` alone a final line break would match."""

    def __call__(self, value: Any) -> Any:  # Any: text or bytes, by the overloads of marshmallow
        """Raise ValidationError unless the whole text matches."""
        if self.regex.fullmatch(value) is None:
            raise ValidationError(str(self.error))
        return value
