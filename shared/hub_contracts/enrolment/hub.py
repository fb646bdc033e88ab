"""Event about the hub itself: its lead school, its area and its office."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import GIAS, Code, Described, Several, Text, Urn

# Subscribers print these in the headers and footers of e-mails.
ONE_LINE = r"^[^\x00-\x1f\x7f]+$"
ADDRESS = r"^[!-?A-~]+@[!-?A-~]+$"
TELEPHONE = r"^[+0-9 ()-]*[0-9()-]$"


@dataclass(frozen=True, kw_only=True)
class HubDescribed(Event):
    """The hub's description: its lead school, its area and the office that answers questions.

    Published when a hub lead describes the hub and at each change, with all facts as they are now. The
    contact is an office, not a person.
    """

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "hub"

    name: str
    lead_school_urn: str
    trust_uid: str | None = None
    area_la_codes: Sequence[str]
    area_district_codes: Sequence[str]
    extra_urns: Sequence[str]
    excluded_urns: Sequence[str]
    contact_name: str | None = None
    contact_email: str | None = None
    contact_telephone: str | None = None
    privacy_notice: str | None = None


def _line(meaning: str) -> Described:
    return Text(meaning, pattern=ONE_LINE, error="Not one line of text.", optional=True)


class HubDescribedSchema(RecordSchema):
    """Read and write HubDescribed."""

    makes = HubDescribed
    name = Text("The hub's name")
    lead_school_urn = Urn("The school that leads the hub")
    trust_uid = Code("The trust of the hub; absent when it has none", optional=True, origin=GIAS)
    area_la_codes = Several(
        Code("A local authority, three digits"), "Authorities whose schools it serves", origin=GIAS
    )
    area_district_codes = Several(
        Code("A district, E07000012"), "Districts whose schools it serves", origin=GIAS
    )
    extra_urns = Several(Urn("A school"), "Schools outside these areas that it serves")
    excluded_urns = Several(Urn("A school"), "Schools inside these areas that it does not serve")
    contact_name = _line("The office that answers questions, such as Maths Hub office; absent when unknown")
    contact_email = Text(
        "That office's mailbox; absent when unknown",
        pattern=ADDRESS,
        error="Not an e-mail address.",
        optional=True,
    )
    contact_telephone = Text(
        "That office's telephone; absent when unknown",
        pattern=TELEPHONE,
        error="Not a telephone number.",
        optional=True,
    )
    privacy_notice = _line("Privacy notice: a sentence or an https address")
