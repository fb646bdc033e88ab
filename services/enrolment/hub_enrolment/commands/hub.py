"""Commands about the hub itself."""

from dataclasses import dataclass

from marshmallow import ValidationError, fields, validate

from hub_contracts.fields import Urn
from hub_enrolment.commands.texts import Email, Phone, Text
from hub_enrolment.domain.hub import MOST_CODES, MOST_URNS
from hub_kernel.hub_area import Area
from hub_platform.schemas import CommandSchema


@dataclass(frozen=True, kw_only=True)
class DescribeHub:
    """Describe the hub: its lead school, its area, its office."""

    id: str
    name: str
    lead_school_urn: str
    trust_uid: str | None
    area_la_codes: list[str]
    area_district_codes: list[str]
    extra_urns: list[str]
    excluded_urns: list[str]
    contact_name: str | None = None  # an office, not a person: it is published
    contact_email: str | None = None
    contact_telephone: str | None = None
    privacy_notice: str | None = None  # a sentence or an https address

    @property
    def area(self) -> Area:
        """The described area."""
        return Area(
            la_codes=self.area_la_codes,
            district_codes=self.area_district_codes,
            extra_urns=self.extra_urns,
            excluded_urns=self.excluded_urns,
        )


def _urns() -> fields.List[str]:
    each = Urn("A school.")
    return fields.List(each, load_default=list, validate=validate.Length(max=MOST_URNS))


def _check_notice(text: str) -> None:
    """Raise a validation error for an address that is not https: pages link to it."""
    if "://" in text.split(maxsplit=1)[0] and not text.startswith("https://"):
        raise ValidationError("Give a sentence or an address that begins with https://.")


class DescribeHubSchema(CommandSchema):
    """Reads `DescribeHub` from the path and body of a request."""

    command = DescribeHub
    id = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9][a-z0-9-]{0,39}\Z"))
    name = Text(required=True)
    lead_school_urn = Urn("The school that leads the hub.")
    trust_uid = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"[0-9]{1,9}\Z"))
    area_la_codes = fields.List(
        fields.String(validate=validate.Regexp(r"[0-9]{3}\Z")),
        load_default=list,
        validate=validate.Length(max=MOST_CODES),
    )
    area_district_codes = fields.List(
        fields.String(validate=validate.Regexp(r"[A-Z][0-9]{8}\Z")),
        load_default=list,
        validate=validate.Length(max=MOST_CODES),
    )
    extra_urns = _urns()
    excluded_urns = _urns()
    contact_name = Text(load_default=None, allow_none=True)
    contact_email = Email(load_default=None, allow_none=True)
    contact_telephone = Phone(load_default=None, allow_none=True)
    privacy_notice = Text(load_default=None, allow_none=True, longest=500, also=_check_notice)
