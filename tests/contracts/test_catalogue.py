"""The values of the catalogue: each field has a unit and a source, each event a place in a flow."""

import pytest

from hub_contracts import EVENTS, MARKS
from hub_contracts.documents.catalogue import NO_PERSONAL_DATA, PSEUDONYMS, entry
from hub_contracts.documents.flows import FLOWS, Flow
from hub_contracts.documents.readers import readers

ALL = EVENTS | MARKS


@pytest.mark.parametrize("key", ALL)
def test_every_field_has_a_meaning_a_unit_and_a_source(key: str) -> None:
    found = entry(ALL[key], ALL, readers())
    for field in (*found.fields, *(field for fields in found.records.values() for field in fields)):
        assert field.meaning, field.name
        assert field.unit, field.name
        assert field.origin, field.name
    assert found.trigger.startswith("Published ")


def test_a_class_of_personal_data_follows_from_the_fields() -> None:
    classes = {key: entry(EVENTS[key], ALL, readers()).personal_data for key in EVENTS}
    assert classes["SchoolImported"] == NO_PERSONAL_DATA
    assert classes["SessionCompleted"] == PSEUDONYMS  # in the records of its register
    assert set(classes.values()) == {NO_PERSONAL_DATA, PSEUDONYMS}


def test_units_and_sources_are_of_the_field_before_they_are_of_its_kind() -> None:
    facts = {field.name: field for field in entry(EVENTS["SchoolChanged"], ALL, readers()).fields}
    assert (facts["easting"].unit, facts["pupils"].unit) == ("metres", "count")
    assert (facts["urn"].unit, facts["type_code"].unit) == ("URN", "code")
    assert facts["name"].origin.startswith("Get Information About Schools")
    assert facts["eligible"].origin == "enrolment derives it from type_code"
    assert facts["changed_fields"].unit == "list: code"


def test_every_reader_is_named_for_events_that_exist() -> None:
    assert readers().keys() <= EVENTS.keys()
    assert readers()["MessageSent"] == ("enrolment", "reporting")


def test_every_event_stands_in_a_flow_and_every_flow_names_events() -> None:
    named = {type_ for flow in FLOWS for type_ in flow.types}
    assert named == {event.type for event in EVENTS.values()}


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_each_event_of_a_flow_stands_to_the_right_of_those_before_it(flow: Flow) -> None:
    column = {type_: n for n, column in enumerate(flow.columns()) for type_ in column}
    assert column.keys() == set(flow.types)
    for first, following in flow.steps.items():
        for type_ in following:
            assert column[first] < column[type_]


def test_a_flow_that_goes_round_is_refused() -> None:
    flow = Flow(name="round", title="", text="", steps={"A": ("B",), "B": ("A",)})
    with pytest.raises(ValueError, match="circle"):
        flow.columns()
