"""No event names a person: names, addresses and numbers of people stay in enrolment."""

from collections.abc import Iterator

import pytest

from hub_contracts import EVENTS
from hub_contracts.documents.json_schema import record_schemas
from hub_contracts.events import RecordSchema
from hub_contracts.fields import Code, Described, OneOf, Text

# Names of places and of things; everything else called a name, a title or the like would name a person.
ALLOWED = {"name", "la_name", "district_name", "trust_name", "title"}
# The hub's contact is an office that answers for the hub and is in every e-mail, not a person.
OFFICE = {"HubDescribed": {"contact_name", "contact_email", "contact_telephone"}}
PERSONAL = {
    "name", "names", "given", "forename", "forenames", "first", "family", "surname", "last", "initials",
    "title", "email", "mail", "phone", "telephone", "mobile", "address", "postcode", "trn", "nino", "dob",
    "birth", "born", "gender", "sex", "ethnicity", "note", "notes", "comment", "comments", "text",
    "remark", "summary",
}  # fmt: skip
# Free text. Before adding one, consider whether it may contain facts about a person.
WORDS = {
    "name", "la_name", "district_name", "district_code", "trust_name", "title", "link_type",
    "venue", "contact_name", "privacy_notice",
}  # fmt: skip


def fields(schema: RecordSchema) -> Iterator[tuple[str, Described]]:
    for name, field in schema.fields.items():
        assert isinstance(field, Described)
        yield name, field
    for inner in record_schemas(schema).values():
        yield from fields(inner)


def is_personal(name: str) -> bool:
    return name not in ALLOWED and not PERSONAL.isdisjoint(name.split("_"))


@pytest.mark.parametrize("type_", EVENTS)
def test_no_field_is_named_like_personal_data(type_: str) -> None:
    named = {name for name, _ in fields(EVENTS[type_].schema) if is_personal(name)}
    assert named == OFFICE.get(type_, set())


@pytest.mark.parametrize("type_", EVENTS)
def test_a_name_without_more_is_a_schools_or_the_hubs(type_: str) -> None:
    named = {name for name, _ in fields(EVENTS[type_].schema)} & {"name"}
    assert not named or EVENTS[type_].about in {"schools/{urn}", "hub"}


@pytest.mark.parametrize("type_", EVENTS)
def test_free_words_are_few_and_known(type_: str) -> None:
    free = {name for name, field in fields(EVENTS[type_].schema) if type(field) is Text and _is_free(field)}
    assert free <= WORDS


@pytest.mark.parametrize("type_", EVENTS)
def test_no_event_has_a_joining_link(type_: str) -> None:
    """The link admits its holder; notifications requests it from enrolment when an e-mail is sent."""
    assert [name for name, _ in fields(EVENTS[type_].schema) if "joining" in name] == []


def _is_free(field: Text) -> bool:
    return not isinstance(field, Code | OneOf) and "x00" in field.json["pattern"]


@pytest.mark.parametrize(
    "name",
    [
        "email",
        "teacher_name",
        "given",
        "family",
        "lead_email",
        "phone",
        "trn",
        "note",
        "visit_notes",
        "head_title",
    ],
)
def test_such_a_name_would_be_found(name: str) -> None:
    assert is_personal(name)
