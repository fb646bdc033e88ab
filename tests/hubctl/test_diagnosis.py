"""Findings from observations: one sentence for each fault."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubctl import diagnosis
from hubctl.diagnosis import CertificateSeen, DatabaseSeen, Grade, QueueSeen, ServiceSeen

WELL = DatabaseSeen(service="visits", version=170_004)
QUEUE = QueueSeen(service="visits", version="4.0.5", messages=3, readers=1)
SERVICE = ServiceSeen(service="visits", version="0.1.0")


@pytest.mark.parametrize(
    ("seen", "grade", "says"),
    [
        (WELL, Grade.WELL, "PostgreSQL 17.4, at its newest migration"),
        (replace(WELL, away="OperationalError"), Grade.WRONG, "does not answer (OperationalError)"),
        (replace(WELL, version=140_010), Grade.WRONG, "PostgreSQL 14 is too old"),
        (replace(WELL, clock_ahead=90.0), Grade.WRONG, "90 s ahead of the one here"),
        (replace(WELL, clock_ahead=-3.0), Grade.WRONG, "3 s behind the one here"),
        (replace(WELL, clock_ahead=1.9), Grade.WELL, "nothing is pending"),
        (replace(WELL, at_head=False), Grade.WRONG, "make migrate"),
        (
            replace(WELL, not_forgotten=("outbox", "inbox")),
            Grade.WRONG,
            "No old rows are deleted from its outbox and inbox: the newest row is more than a day ahead",
        ),
        (
            replace(WELL, pending=1_200, oldest_seconds=300),
            Grade.WRONG,
            "1,200 events wait to be published, the oldest for 5 minutes",
        ),
        (replace(WELL, pending=9, oldest_seconds=59), Grade.WELL, "nothing is pending"),
        (replace(WELL, unfinished={"parked": 1}), Grade.WRONG, "1 delivery is parked: hubctl parked list"),
        (replace(WELL, unfinished={"parked": 2, "held": 9}), Grade.WRONG, "2 deliveries are parked"),
        (
            replace(WELL, unfinished={"parked": 1}, forged=1),
            Grade.WRONG,
            "1 forged event has been received and took no effect: hubctl parked list --error Forged",
        ),
        (replace(WELL, unfinished={"waiting": 2}), Grade.NOTE, "2 deliveries have failed"),
        (replace(WELL, unfinished={"held": 1}), Grade.NOTE, "1 delivery waits for an earlier event"),
    ],
)
def test_a_database(seen: DatabaseSeen, grade: Grade, says: str) -> None:
    (finding,) = diagnosis.of_database(seen)
    assert (finding.part, finding.grade) == ("the database of visits", grade)
    assert says in finding.says


def test_forged_and_failed_deliveries_are_distinguished() -> None:
    seen = replace(WELL, unfinished={"parked": 5}, forged=3)
    forged, parked = diagnosis.of_database(seen)
    assert forged.says.startswith("3 forged events have been received")
    assert parked.says.startswith("2 deliveries are parked")


@pytest.mark.parametrize(
    ("seen", "grade", "says"),
    [
        (QUEUE, Grade.WELL, "RabbitMQ 4.0.5, 3 events in it."),
        (replace(QUEUE, away="ConnectionRefusedError"), Grade.WRONG, "RabbitMQ does not answer"),
        (replace(QUEUE, version="3.9.13"), Grade.WRONG, "RabbitMQ 3.9.13 is too old; 3.10"),
        (replace(QUEUE, version="3.10.8"), Grade.WELL, "RabbitMQ 3.10.8"),
        (replace(QUEUE, readers=0), Grade.WRONG, "It has no reader; 3 events"),
        (replace(QUEUE, messages=1_001), Grade.NOTE, "1,001 events are in it"),
    ],
)
def test_a_queue(seen: QueueSeen, grade: Grade, says: str) -> None:
    (finding,) = diagnosis.of_queue(seen)
    assert finding.grade is grade
    assert says in finding.says


@pytest.mark.parametrize(
    ("seen", "grade", "says"),
    [
        (SERVICE, Grade.WELL, "Release 0.1.0, ready."),
        (replace(SERVICE, away="TimeoutError"), Grade.WRONG, "does not answer (TimeoutError)"),
        (replace(SERVICE, missing={"broker": "away"}), Grade.WRONG, "not ready (broker: away)"),
        (replace(SERVICE, clock_ahead=-3_600.0), Grade.WRONG, "Its clock is 3600 s behind the one here"),
        (replace(SERVICE, clock_ahead=4.0), Grade.WELL, "ready."),
        (
            replace(SERVICE, away="HTTPError", clock_ahead=90.0),
            Grade.WRONG,
            "does not answer (HTTPError). Its clock is 90 s ahead of the one here",
        ),
        (replace(SERVICE, details={"e-mail": "No e-mail."}), Grade.WRONG, "ready, but: No e-mail."),
        (replace(SERVICE, version="0.0.9"), Grade.WRONG, "It runs release 0.0.9, and this is 0.1.0"),
    ],
)
def test_a_service(seen: ServiceSeen, grade: Grade, says: str) -> None:
    finding = diagnosis.of_service(seen, wanted="0.1.0")
    assert finding.grade is grade
    assert says in finding.says


@pytest.mark.parametrize(
    ("days", "grade", "says"),
    [
        (80.2, Grade.WELL, "80 more days"),
        (13.0, Grade.NOTE, "expires in 13 days"),
        (-2.0, Grade.WRONG, "2 days ago"),
    ],
)
def test_a_certificate(days: float, grade: Grade, says: str) -> None:
    finding = diagnosis.of_certificate(CertificateSeen(host="hub.lan", days_left=days))
    assert finding.grade is grade
    assert says in finding.says
    assert diagnosis.of_certificate(CertificateSeen(host="hub.lan", away="OSError")).grade is Grade.WRONG


COUNTS = st.dictionaries(st.sampled_from(["parked", "waiting", "held"]), st.integers(0, 10**6))


@given(
    st.builds(
        DatabaseSeen,
        service=st.just("visits"),
        away=st.none() | st.just("OperationalError"),
        version=st.integers(90_000, 190_000),
        clock_ahead=st.floats(-1e6, 1e6),
        at_head=st.booleans(),
        pending=st.integers(0, 10**6),
        oldest_seconds=st.floats(0, 1e8),
        unfinished=COUNTS,
    )
)
def test_a_database_is_well_or_something_is_said_of_it_never_both(seen: DatabaseSeen) -> None:
    findings = list(diagnosis.of_database(seen))
    grades = {finding.grade for finding in findings}
    assert grades
    assert Grade.WELL not in grades or len(findings) == 1
    assert all(finding.says.endswith((".", "why.")) for finding in findings)
