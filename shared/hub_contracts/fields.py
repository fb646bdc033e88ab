"""Kinds of values in events, each with its meaning and its JSON Schema for the catalogue.

They are marshmallow fields that read strictly: "12" is not a number and "yes" is not a boolean. A JSON Schema
validator and `from_data` therefore accept the same documents.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final, Unpack

from marshmallow import fields, validate

from hub_contracts.events import RecordSchema
from hub_contracts.field_parts import Document, FieldOptions, Pattern
from hub_contracts.json_text import JsonObject

GIAS: Final = "Get Information About Schools (GIAS, DfE)"
TEXT: Final = r"^[^\x00]+$"


class Described(fields.Field[Any]):  # Any: of the kinds of values that its subclasses read
    """A field with a meaning and a JSON Schema; required unless `optional`."""

    unit: str = ""  # of the values; each kind of field has its own
    origin: str = ""  # source of the values; empty: that of the schema

    def __init__(
        self,
        meaning: str,
        json: JsonObject,
        *,
        optional: bool = False,
        pseudonym: bool = False,
        unit: str = "",
        origin: str = "",
        **kwargs: Any,  # Any: marshmallow's own options, of several types
    ) -> None:
        """Describe the field for readers and for the catalogue of events.

        Args:
            meaning: a phrase for the catalogue.
            json: the JSON Schema of a value.
            optional: whether the field may be absent; it is None then.
            pseudonym: whether a value identifies a person, whom only enrolment can name.
            unit: of the values, such as metres.
            origin: the source of the values, where it differs from that of the schema.
            kwargs: arguments of marshmallow's field.
        """
        presence = {"load_default": None, "allow_none": True} if optional else {"required": True}
        super().__init__(**presence, **kwargs)
        self.meaning, self.json, self.pseudonym = meaning, json, pseudonym
        self.unit, self.origin = unit or self.unit, origin or self.origin

    def _validate(self, value: object) -> None:
        """Call each validator, as marshmallow does, without building its wrapper at every call."""
        for validator in self.validators:
            validator(value)


class Text(Described, fields.String):
    """Text of at least one character, without NUL, which PostgreSQL cannot store."""

    unit = "text"

    def __init__(
        self, meaning: str, *, pattern: str = TEXT, error: str = "Not text.", **kwargs: Unpack[FieldOptions]
    ) -> None:
        json = {"type": "string", "pattern": pattern}
        super().__init__(meaning, json, validate=Pattern(pattern, error=error), **kwargs)


class Code(Text):
    """A code such as `left_school`: no spaces and no @, so neither free text nor an address."""

    unit = "code"

    def __init__(self, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        super().__init__(meaning, pattern=r"^[A-Za-z0-9_.:/-]+$", error="Not a code.", **kwargs)


class Urn(Text):
    """A school's Unique Reference Number in Get Information About Schools, as text of 5 or 6 digits."""

    unit = "URN"
    origin = GIAS

    def __init__(self, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        error = "A URN has five or six digits."
        super().__init__(meaning, pattern=r"^[1-9][0-9]{4,5}$", error=error, **kwargs)


class AcademicYear(Text):
    """An academic year such as "2025/26", from 1 September to 31 August."""

    unit = "academic year"

    def __init__(self, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        error = 'An academic year is written "2025/26".'
        super().__init__(meaning, pattern=r"^[0-9]{4}/[0-9]{2}$", error=error, **kwargs)


class HalfTerm(Text):
    """A half term as first calendar year and number: "2025-1" is autumn 1 of 2025/26."""

    unit = "half term"

    def __init__(self, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        error = 'A half term is written "2025-1".'
        super().__init__(meaning, pattern=r"^[0-9]{4}-[1-6]$", error=error, **kwargs)


class OneOf(Described, fields.String):
    """One code of a published vocabulary, read as its member."""

    unit = "code"

    def __init__(self, vocabulary: type[StrEnum], meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        self.members = {member.value: member for member in vocabulary}
        json = {"type": "string", "enum": list(self.members)}
        super().__init__(meaning, json, validate=validate.OneOf(self.members), **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Document, **kwargs: object) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        return self.members.get(code, code)  # the validator refuses a code that is no member


class Id(Described, fields.UUID):
    """A UUID that a service assigned."""

    unit = "UUID"

    def __init__(self, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        super().__init__(meaning, {"type": "string", "format": "uuid"}, **kwargs)


class Whole(Described, fields.Integer):
    """An integer of at least 0, or of `at_least`."""

    unit = "count"

    def __init__(self, meaning: str, *, at_least: int = 0, **kwargs: Unpack[FieldOptions]) -> None:
        json = {"type": "integer", "minimum": at_least}
        super().__init__(meaning, json, strict=True, validate=validate.Range(min=at_least), **kwargs)


class Counts(Described, fields.Dict):
    """Integers of at least 0 by name."""

    unit = "count of each name"

    def __init__(self, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        json = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
        values = fields.Integer(strict=True, validate=validate.Range(min=0))
        super().__init__(meaning, json, keys=fields.String(), values=values, **kwargs)


class Percent(Described, fields.Float):
    """A number from 0 to 100."""

    unit = "per cent"

    def __init__(self, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        json = {"type": "number", "minimum": 0, "maximum": 100}
        super().__init__(meaning, json, validate=validate.Range(min=0, max=100), **kwargs)

    def _validated(self, value: object) -> float:
        if isinstance(value, int | float):
            return super()._validated(value)
        raise self.make_error("invalid", input=value)


class Flag(Described, fields.Boolean):
    """A JSON boolean; 0, 1 and texts are refused."""

    unit = "true or false"

    def __init__(self, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        super().__init__(meaning, {"type": "boolean"}, **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Document, **kwargs: object) -> bool:
        if isinstance(value, bool):
            return super()._deserialize(value, attr, data, **kwargs)
        raise self.make_error("invalid", input=value)


class Day(Described, fields.Date):
    """A date written 2025-09-04; other forms of ISO 8601 are refused."""

    unit = "date in England"

    def __init__(self, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        super().__init__(meaning, {"type": "string", "format": "date"}, **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Document, **kwargs: object) -> date:
        if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
            return super()._deserialize(value, attr, data, **kwargs)
        raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)


class Instant(Described, fields.AwareDateTime):
    """An instant: read with any offset, stored and written in UTC."""

    unit = "instant in UTC"

    def __init__(self, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        super().__init__(meaning, {"type": "string", "format": "date-time"}, **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Document, **kwargs: object) -> datetime:
        try:
            return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
        except OverflowError as exc:  # at the edges of the years 1 and 9999
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from exc

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: object, **kwargs: object
    ) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.isoformat()  # refused by every schema, so it is never published
        text = super()._serialize(value.astimezone(UTC), attr, obj, **kwargs)
        return str(text).replace("+00:00", "Z")


class Several(Described, fields.List[Any]):  # Any: of the kind of its items
    """A list of values of one kind; it may be empty."""

    def __init__(self, item: Described, meaning: str, **kwargs: Unpack[FieldOptions]) -> None:
        json = {"type": "array", "items": item.json}
        kwargs["pseudonym"] = item.pseudonym
        super().__init__(meaning, json, cls_or_instance=item, **kwargs)
        self.unit, self.origin = f"list: {item.unit}", self.origin or item.origin


class Record(Described):
    """A nested record, read and written by its own schema."""

    unit = "record"

    def __init__(self, schema: type[RecordSchema], meaning: str) -> None:
        self.schema = schema()
        names_people = any(getattr(field, "pseudonym", False) for field in self.schema.fields.values())
        super().__init__(meaning, {"$ref": f"#/$defs/{schema.makes.__name__}"}, pseudonym=names_people)

    def _deserialize(self, value: Any, *_: object, **__: object) -> object:  # Any: the schema checks it
        return self.schema.read(value)

    def _serialize(self, value: object, *_: object, **__: object) -> JsonObject:
        return self.schema.write(value)
