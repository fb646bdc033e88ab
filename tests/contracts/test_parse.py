"""`parse` reads what the hub sends, as the messaging library does, and says clearly what it cannot read."""

import copy
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_contracts import (
    EVENTS,
    MARKS,
    Event,
    InvalidData,
    NotAnEvent,
    Received,
    UnknownEvent,
    Unreadable,
    parse,
)
from hub_contracts.samples import samples
from hub_contracts.visits import VisitLogged, VisitPlanned
from hub_messaging.envelope import Envelope, Undecodable

SAMPLES = [
    pytest.param(event, body, id=f"{event.key}.{case}")
    for event in (EVENTS | MARKS).values()
    for case, body in samples(event.key).items()
]
LOGGED = samples("VisitLogged")["full"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
LIKELY = st.sampled_from(
    [
        *("", "1.0", "x" * 255, "x" * 256, "nul\x00", "\ud800", "VisitLogged", "VisitPlanned=1"),
        *("/schemas/VisitLogged/1", "/schemas/VisitLogged/2", "/VisitLogged/0", "/1"),
        *("2025-11-17T16:20:33", "2025-11-17T16:20:33+05:00", "0001-01-01T00:00:00+14:00"),
        UUID(int=7).hex,
    ]
)


def text(body: Any) -> bytes:
    return json.dumps(body).encode()


def refusal(body: bytes) -> type[Unreadable] | None:
    try:
        parse(body)
    except Unreadable as exc:
        return type(exc)
    return None


@pytest.mark.parametrize(("event", "body"), SAMPLES)
def test_every_sample_is_read(event: type[Event], body: dict[str, Any]) -> None:
    received, read = parse(text(body)), Envelope.from_bytes(text(body))
    assert type(received.event) is event
    assert received.event.to_data() == body["data"]
    told = (received.id, received.source, received.subject, received.revision, received.time, received.key)
    assert told == (read.id, read.source, read.subject, read.revision, read.time, read.routing_key)
    causes = (received.correlation_id, received.causation_id, received.traceparent, received.change_id)
    assert causes == (read.correlation_id, read.causation_id, read.traceparent, read.change_id)


def test_text_bytes_and_a_decoded_object_are_the_same() -> None:
    assert parse(json.dumps(LOGGED)) == parse(text(LOGGED)) == parse(LOGGED)


def test_a_type_or_version_of_a_later_release_is_distinguished_from_a_fault() -> None:
    later = LOGGED | {"type": "VisitDreamt", "dataschema": "https://x.example/schemas/VisitDreamt/3"}
    with pytest.raises(UnknownEvent, match="VisitDreamt, version 3") as found:
        parse(later)
    assert (found.value.type, found.value.version) == ("VisitDreamt", 3)
    with pytest.raises(UnknownEvent, match="version 9999"):
        parse(LOGGED | {"dataschema": "/schemas/VisitLogged/9999"})


def test_data_that_breaks_the_schema_name_each_field_and_no_value() -> None:
    body = copy.deepcopy(LOGGED)
    body["data"] |= {"urn": "secret", "half_days": -1}
    del body["data"]["late"]
    with pytest.raises(InvalidData) as found:
        parse(body)
    assert str(found.value) == "data of VisitLogged is invalid: half_days, late, urn"
    assert set(found.value.faults) == {"half_days", "late", "urn"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON from character 1 on"),
        (b"[]", "the message is no JSON object"),
        (b"\xff{}", "not UTF-8 from byte 1 on"),
        (b'{"id":1,"id":2}', "id stands in one JSON object twice"),
        (b'{"id":NaN}', "JSON holds a number that is not finite"),
        (b"[" * 100_000, "JSON is nested too deeply"),
        (b"1" * 5000, "JSON holds a number that is too long"),
        (b"{}", "no specversion"),
        (text(LOGGED | {"specversion": "0.3"}), "not CloudEvents 1.0"),
        (text(LOGGED | {"dataschema": None}), "dataschema is not text"),
        (text(LOGGED | {"dataschema": "/schemas/VisitPlanned/1"}), "dataschema names another type"),
        (text(LOGGED | {"dataschema": "/schemas/VisitLogged/one"}), "dataschema names no version"),
        (text(LOGGED | {"subject": ""}), "subject is not text of 1 to 255 characters"),
        (text(LOGGED | {"subject": None}), "no subject"),
        (text(LOGGED | {"source": 7}), "source is not text"),
        (text(LOGGED | {"after": "\x00"}), "after contains NUL or an unpaired surrogate"),
        (text(LOGGED | {"revision": True}), "revision is not a whole number from 1 to 2147483647"),
        (text(LOGGED | {"id": "7"}), "id is not a UUID"),
        (text(LOGGED | {"time": "2025-11-17T16:20:33"}), "time is not an instant with a time zone"),
        (text(LOGGED | {"data": []}), "data is no JSON object"),
    ],
)
def test_what_is_no_event_says_why(body: bytes, said: str) -> None:
    with pytest.raises(NotAnEvent) as found:
        parse(body)
    assert str(found.value) == said


@given(
    changes=st.dictionaries(st.sampled_from([*LOGGED, "after", "changeid"]), ANYTHING | LIKELY, max_size=3),
    gone=st.sets(st.sampled_from(list(LOGGED)), max_size=1),
)
def test_parse_and_the_messaging_library_accept_the_same_envelopes(
    changes: dict[str, Any], gone: set[str]
) -> None:
    """Two readers, written apart, as each stands alone."""
    body = text({name: one for name, one in (LOGGED | changes).items() if name not in gone})
    try:
        Envelope.from_bytes(body)
        readable = True
    except Undecodable:
        readable = False
    assert readable == (refusal(body) is not NotAnEvent)


@given(st.binary(max_size=40) | ANYTHING.map(text))
def test_whatever_comes_is_an_event_or_unreadable(body: bytes) -> None:
    assert refusal(body) is NotAnEvent


def test_an_unknown_field_and_attribute_are_ignored() -> None:
    body = copy.deepcopy(LOGGED) | {"weather": "fair"}
    body["data"]["wind"] = {"from": "north"}
    assert parse(body) == parse(LOGGED)


def test_previous_names_the_revision_that_must_have_been_seen() -> None:
    received: Received[Event] = parse(
        LOGGED | {"revision": 8, "after": "VisitLogged=6,VisitPlanned=1,VisitReassigned.v2=7,odd,=,X=-1"}
    )
    assert received.previous(VisitPlanned) == 1
    assert received.previous(VisitPlanned, VisitLogged) == 6
    assert received.previous(VisitPlanned, "VisitReassigned.v2") == 7
    assert received.previous("TeacherRegistered") == received.previous() == 0
    assert parse(LOGGED | {"revision": 2, "after": "VisitPlanned=9"}).previous(VisitPlanned) == 1
