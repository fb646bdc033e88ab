"""The envelope: what goes out comes back, and what is not one of ours is told."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_messaging.envelope import Envelope, Undecodable

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
