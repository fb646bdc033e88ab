"""Every sample is an event for the official CloudEvents SDKs, and what is none is refused."""

import json
from typing import Any

import pytest
from tests.support.cloudevents_sdks import refused

from hub_contracts import EVENTS, MARKS
from hub_contracts.samples import samples
from hub_messaging.envelope import HIGHEST_REVISION, Envelope

BODIES = [body for key in EVENTS | MARKS for body in samples(key).values()]


def text(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def test_every_sample_passes_both() -> None:
    assert len(BODIES) > 2 * len(EVENTS)
    assert refused([text(body) for body in BODIES]) == {}


def test_what_the_messaging_library_writes_passes_both() -> None:
    """With every attribute, at the ends of their ranges."""
    read = Envelope.from_bytes(text(BODIES[0]))
    known: dict[str, Any] = {"correlation_id": "c" * 255, "causation_id": "é", "after": "A=1,A.v2=2"}
    known |= {
        "revision": HIGHEST_REVISION,
        "change_id": str(read.id),
        "version": 12,
        "traceparent": "00-1-2-01",
    }
    full = read._replace(**known)
    assert refused([full.to_bytes(), full.to_bytes("http://localhost:8000/schemas")]) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"dataschema": "/schemas/VisitLogged/1"},
        {"id": ""},
        {"source": ""},
        {"subject": ""},
        {"time": "yesterday"},
        {"specversion": "0.9"},
        {"change_id": "1"},
        {"ChangeId": "1"},
        {"revision": 1.5},
        {"revision": 2**31},
    ],
    ids=str,
)
def test_what_is_no_cloudevent_is_refused(change: dict[str, Any]) -> None:
    assert len(refused([text(BODIES[0] | change)])) == 1
