"""The envelope: what is written is read back, and an invalid one is reported."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_messaging.envelope import HIGHEST_REVISION, LONGEST_NAME, Envelope, Undecodable

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=20)
optional = st.none() | texts
envelopes = st.builds(
    Envelope,
    id=st.uuids(),
    source=texts,
    type=texts,
    version=st.integers(1, 99),
    subject=texts,
    revision=st.integers(1, 2**31 - 1),
    time=st.datetimes(timezones=st.just(UTC)),
    correlation_id=optional,
    causation_id=optional,
    traceparent=optional,
    after=optional,
    change_id=optional,
    data=st.dictionaries(texts, st.integers() | texts),
)


@given(envelopes)
def test_an_envelope_survives_the_journey(envelope: Envelope) -> None:
    assert Envelope.from_bytes(envelope.to_bytes()) == envelope


def sample(**changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/hubs/test/sorting",
        "type": "ParcelSorted",
        "subject": "parcels/1",
        "time": "2026-11-23T10:04:00Z",
        "dataschema": "/schemas/ParcelSorted/1",
        "revision": 1,
        "data": {},
    } | changes


def test_unknown_extensions_are_ignored() -> None:
    assert Envelope.from_bytes(json.dumps(sample(colour="red")).encode()).revision == 1


def test_the_time_is_utc_whatever_zone_it_came_in() -> None:
    read = Envelope.from_bytes(json.dumps(sample(time="2026-07-01T10:00:00+01:00")).encode())
    assert read.time == datetime(2026, 7, 1, 10, tzinfo=timezone(timedelta(hours=1)))
    assert read.time.tzinfo is UTC


@pytest.mark.parametrize("missing", sorted(sample()))
def test_a_missing_attribute_is_named(missing: str) -> None:
    body = {name: value for name, value in sample().items() if name != missing}
    with pytest.raises(Undecodable, match=missing):
        Envelope.from_bytes(json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"text"',
        *(
            json.dumps(sample(**{name: value})).encode()
            for name, value in [
                ("specversion", "0.3"),
                ("id", "not a uuid"),
                ("source", ""),
                ("subject", 7),
                ("revision", 0),
                ("revision", True),
                ("revision", "1"),
                ("time", "yesterday"),
                ("time", "2026-11-23T10:04:00"),
                ("dataschema", "/schemas/ParcelSorted/first"),
                ("data", []),
            ]
        ),
    ],
)
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(Undecodable):
        Envelope.from_bytes(body)


DEEP = 5_000
SECRET = "ada@example.org"  # pragma: allowlist secret


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"specversion": "0.3"}, "not CloudEvents 1.0"),
        ({"id": SECRET}, "id is not a UUID"),
        ({"id": 7}, "id is not a UUID"),
        ({"id": None}, "id is not a UUID"),
        ({"source": None}, "no source"),
        ({"source": ""}, "source is not text of 1 to 255 characters"),
        ({"subject": None}, "no subject"),
        ({"subject": [SECRET]}, "subject is not text"),
        ({"type": SECRET}, "dataschema names another type"),
        ({"revision": SECRET}, "revision is not a whole number from 1 to 2147483647"),
        ({"revision": 0}, "revision is not a whole number from 1 to 2147483647"),
        ({"time": SECRET}, "time is not an instant with a time zone"),
        ({"time": "2026-11-23T10:04:00"}, "time is not an instant with a time zone"),
        ({"time": 7}, "time is not an instant with a time zone"),
        ({"time": "9999-12-31T23:59:59-23:59"}, "time is not an instant with a time zone"),
        ({"dataschema": None}, "dataschema names another type"),
        ({"dataschema": {SECRET: 1}}, "dataschema is not text"),
        ({"dataschema": "/schemas/ParcelSorted/first"}, "dataschema names no version"),
        ({"correlationid": 7}, "correlationid is not text"),
        ({"after": "a\x00b"}, "after contains NUL or an unpaired surrogate"),
        ({"data": [SECRET]}, "data is no JSON object"),
        ({"data": None}, "data is no JSON object"),
    ],
)
def test_what_cannot_be_read_names_its_attribute_and_repeats_nothing(
    changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(Undecodable) as told:
        Envelope.from_bytes(json.dumps(sample(**changes)).encode())
    assert str(told.value) == said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON from character 1 on"),
        (b'{"id": ada@example.org}', "not JSON from character 8 on"),
        (b'{"id": "Zo\xff"}', "not UTF-8 from byte 11 on"),
        (b"[1]", "the message is no JSON object"),
        (b'{"id": 1, "id": 2}', "id stands in one JSON object twice"),
        (b'{"data": {"people": [{"role": 1, "role": 1}]}}', "role stands in one JSON object twice"),
        (b'{"data": {"ada@example.org": 1, "ada@example.org": 2}}', "a name stands in one JSON object twice"),
        (b'{"data": {"a\\u0062": 1, "ab": 2}}', "ab stands in one JSON object twice"),
        (b'{"data": {"miles": NaN}}', "JSON holds a number that is not finite"),
        (b'{"data": {"miles": -Infinity}}', "JSON holds a number that is not finite"),
        (b'{"revision": 1' + b"0" * DEEP + b"}", "JSON holds a number that is too long"),
        (b"[" * 100_000, "JSON is nested too deeply"),
    ],
    ids=range(12),
)
def test_what_is_no_json_says_where_and_repeats_nothing(body: bytes, said: str) -> None:
    with pytest.raises(Undecodable) as told:
        Envelope.from_bytes(body)
    assert str(told.value) == said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("correlationid", 7),
        ("causationid", ["x"]),
        ("traceparent", {"x": 1}),
        ("after", 1.5),
        ("correlationid", "a\x00b"),
        ("subject", "parcels/\x00"),
        ("type", "Parcel\ud800"),
        ("traceparent", "\udfff"),
        ("source", "/" * (LONGEST_NAME + 1)),
        ("subject", "x" * (LONGEST_NAME + 1)),
        ("type", "x" * (LONGEST_NAME + 1)),
        ("revision", HIGHEST_REVISION + 1),
        ("revision", 1.0),
        ("revision", None),
        ("id", 7),
        ("id", None),
        ("time", 7),
        ("time", "9999-12-31T23:59:59-23:59"),
        ("dataschema", None),
        ("data", None),
        ("data", "{}"),
    ],
)
def test_values_that_the_database_could_not_keep_are_refused_at_the_door(name: str, value: Any) -> None:
    with pytest.raises(Undecodable):
        Envelope.from_bytes(json.dumps(sample(**{name: value})).encode())


@pytest.mark.parametrize("name", ["source", "subject", "type"])
def test_the_longest_names_are_taken(name: str) -> None:
    long = "\u00e9" * LONGEST_NAME
    schema = {"dataschema": f"/schemas/{long}/1"} if name == "type" else {}
    read = Envelope.from_bytes(json.dumps(sample(**{name: long}, **schema)).encode())
    assert len(getattr(read, name)) == LONGEST_NAME


@pytest.mark.parametrize(
    "body",
    [
        b"[" * DEEP + b"]" * DEEP,
        json.dumps(sample()).encode().replace(b"{}", b'{"a":' * DEEP + b"1" + b"}" * DEEP),
        json.dumps(sample()).encode().replace(b'"revision": 1', b'"revision": 1' + b"0" * DEEP),
        json.dumps(sample()).encode().replace(b"/ParcelSorted/1", b"/ParcelSorted/1" + b"0" * DEEP),
    ],
    ids=["nested lists", "nested data", "endless revision", "endless version"],
)
def test_a_body_made_to_exhaust_its_reader_is_refused(body: bytes) -> None:
    with pytest.raises(Undecodable):
        Envelope.from_bytes(body)


def test_what_is_refused_is_said_without_the_body() -> None:
    with pytest.raises(Undecodable) as refused:
        Envelope.from_bytes(json.dumps(sample(time="Ada Lovelace", id="Ada")).encode())
    assert "Ada" not in str(refused.value)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (None, 0),
        ("", 0),
        ("ParcelSorted=3,ParcelWeighed=5", 3),
        ("ParcelWeighed=5", 0),
        ("ParcelSorted=x,=,ParcelSorted", 0),
        ("ParcelSorted=-4", 0),
        ("ParcelSorted=\u0663", 3),
        ("ParcelSorted=" + "9" * DEEP, 0),
        ("ParcelSorted=9", 6),
    ],
)
def test_the_predecessor_is_an_earlier_revision_of_a_subscribed_type(
    after: str | None, expected: int
) -> None:
    envelope = Envelope.from_bytes(json.dumps(sample(revision=7, after=after)).encode())
    assert envelope.predecessor({"ParcelSorted"}) == expected
