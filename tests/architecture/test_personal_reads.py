"""Which reads the audit records: those whose answers hold names or contacts of people."""

import re
from collections.abc import Iterator

import pytest
from marshmallow import Schema, fields

from hub_local.declared import service_class
from hub_local.services import SERVICES
from hub_messaging.rpc import RpcAnswer
from hub_platform.access import ANYONE, READING
from hub_platform.routes import Route, routes_of

PERSONAL = re.compile(
    r"(^|_)(given|family|forenames?|surname|email|phone|telephone|mobile|trn|previous_names|known_as)(_|$)"
)
# Answers with fields that are named like a person's and are none.
NO_PERSON = {
    "get_hub": "its contact is an office, named in every e-mail that the hub sends",
    "list_templates": "`given` lists the names of the facts that a template is given",
}
# Answers without a schema, or that are no JSON: whether they name people is decided here.
UNDESCRIBED = {
    "get_subject_access": True,
    "print_attendance_sheet": True,
    "print_certificate": True,
    "download_findings": False,  # of a register of schools
    "get_report_page": False,  # people as ids
    "get_dashboard": False,
    **dict.fromkeys(("metrics", "version", "clock"), False),
}
QUESTIONS = {  # those that name people, of all that services answer
    "enrolment": {"contacts", "certificate"},
    "visits": set[str](),
}


def names(schema: Schema) -> Iterator[str]:
    """Names of all fields of an answer, in nested schemas, too."""
    for name, field in schema.dump_fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        yield name
        if isinstance(inner, fields.Nested):
            yield from names(inner.schema)


READS = [
    pytest.param(name, route, id=f"{service.name}.{name}")
    for service in SERVICES
    for name, route in routes_of(service_class(service.name)).items()
    if route.method in READING
]


@pytest.mark.parametrize(("name", "route"), READS)
def test_a_read_is_recorded_exactly_when_it_names_people(name: str, route: Route) -> None:
    if route.allow == ANYONE:
        assert not route.recorded, "what names people needs a credential"
        return
    if name in UNDESCRIBED:
        assert route.recorded is UNDESCRIBED[name]
        return
    assert route.answer is not None, f"{name} has no schema: say in UNDESCRIBED whether it names people"
    named = {field for field in names(route.answer()) if PERSONAL.search(field)}
    assert route.recorded is bool(named and name not in NO_PERSON), sorted(named)


def test_what_is_listed_here_exists() -> None:
    known = {param.values[0] for param in READS}
    assert known >= NO_PERSON.keys() | UNDESCRIBED.keys()


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_questions_that_name_people_are_recorded(service: str) -> None:
    cls = service_class(service)
    answers = {
        name
        for name in dir(cls)
        for entrypoint in getattr(getattr(cls, name), "nameko_entrypoints", ())
        if isinstance(entrypoint, RpcAnswer) and entrypoint.recorded
    }
    assert answers == QUESTIONS.get(service, set())
