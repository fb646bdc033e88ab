"""R1 to R3: a rule of Work Groups is enforced at every entrypoint."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from tests.cases.desk import AGREED, FIRST, V1, Desk, Group, Person, times
from tests.cases.participants import Participants, cells, csv_file
from tests.cases.register import programme
from tests.support.services import Reply

HOUR: Final = timedelta(hours=1)
WEDNESDAY: Final = date(2026, 12, 23)
OVERRIDE: Final = {"override_reason": "agreed with the programme's national lead"}
Way = Callable[[Desk, Group, list[Person]], list[Reply]]


def schedule(desk: Desk, group: Group, starts_at: datetime, **changes: Any) -> Reply:
    """Schedule one session of two hours, or with another end."""
    body = times(starts_at) | {"mode": "in_person"} | changes
    return desk.post(f"work-groups/{group.id}/sessions", body)


@pytest.mark.parametrize("shift", [timedelta(0), HOUR, -HOUR])
def test_r1_a_single_session_does_not_overlap_another(desk: Desk, shift: timedelta) -> None:
    """Refused; an earlier release answered 201."""
    group = desk.group()
    desk.session(group)
    reply = schedule(desk, group, FIRST + shift)
    assert (reply.status, reply.json.get("code")) == (409, "session_overlaps"), reply.body


def test_r1_a_session_is_not_moved_onto_another(desk: Desk) -> None:
    """Refused; an earlier release answered 200."""
    group = desk.group()
    desk.session(group)
    other = desk.session(group, FIRST + timedelta(days=7))
    reply = desk.move(other, FIRST + HOUR)
    assert (reply.status, reply.json.get("code")) == (409, "session_overlaps"), reply.body


def test_r1_sessions_may_follow_each_other_and_take_the_time_of_a_cancelled_one(desk: Desk) -> None:
    """More of R1's kind: what touches does not overlap, and a session may be moved by an hour."""
    group = desk.group()
    first = desk.session(group)
    assert schedule(desk, group, FIRST + 2 * HOUR).status == 201
    assert desk.move(first, FIRST - HOUR).status == 200
    desk.make(f"sessions/{first}/cancellation", {"reason": "venue_unavailable"})
    assert schedule(desk, group, FIRST - HOUR).status == 201


def test_r1_a_single_session_is_no_longer_than_one_of_a_series(desk: Desk) -> None:
    """More of R1's kind: a session of two days is a slip of the date, whichever way it comes in."""
    group = desk.group()
    reply = schedule(desk, group, FIRST, ends_at=(FIRST + timedelta(days=2)).isoformat())
    assert reply.status == 422, reply.body
    moved = {"starts_at": FIRST.isoformat(), "ends_at": (FIRST + timedelta(days=2)).isoformat()}
    reply = desk.post(f"sessions/{desk.session(group)}/reschedule", moved)
    assert reply.status == 422, reply.body


def enrolled_one_by_one(desk: Desk, group: Group, people: list[Person]) -> list[Reply]:
    """Give each a place."""
    asked = [{"teacher_id": person.id, "role": "participant"} for person in people]
    return [desk.post(f"work-groups/{group.id}/enrolments", body) for body in asked]


def uploaded(desk: Desk, group: Group, people: list[Person]) -> list[Reply]:
    """Send all in a list."""
    rows = [cells(person.urn, given=person.given, email=person.email) for person in people]
    return [Participants(desk, group).send(csv_file(*rows))]


def applied(desk: Desk, group: Group, people: list[Person]) -> list[Reply]:
    """Apply for all, and accept the application."""
    asked = [{"teacher_id": person.id, "role": "participant"} for person in people]
    body = {"urn": people[0].urn, "participants": asked}
    reply = desk.post(f"work-groups/{group.id}/applications", body)
    if reply.status != 201:
        return [reply]
    path = f"applications/{reply.json['application_id']}"
    desk.post(f"{path}/submission", AGREED)
    return [desk.post(f"{path}/decision", {"decision": "accepted"})]


def offered(desk: Desk, group: Group, people: list[Person]) -> list[Reply]:
    """Put each on the waiting list, make offers and accept them."""
    replies = []
    for person in people:
        body = {"teacher_id": person.id, "role": "participant"}
        replies.append(desk.post(f"work-groups/{group.id}/waiting-list", body))
    desk.post(f"work-groups/{group.id}/offers", {})
    waiting = [reply.json["waiting_id"] for reply in replies if reply.status == 201]
    return [*replies, *(desk.post(f"waiting-list/{one}/acceptance", {}) for one in waiting)]


@pytest.fixture(name="full")
def _full(desk: Desk) -> Group:
    """A Work Group that was confirmed with as many participants as its programme allows: three."""
    terms = {"min_teachers": 1, "max_teachers": 3, "min_schools": 1}
    group = desk.group(desk.people(3), programme_id=programme(desk, **terms), capacity=3)
    desk.make(f"work-groups/{group.id}/confirmation", {})
    return group


def taken(desk: Desk, group: Group) -> int:
    """How many places are held."""
    return int(desk.hub("GET", f"{V1}/work-groups/{group.id}").json["teachers_n"])


@pytest.mark.parametrize("way", [enrolled_one_by_one, uploaded, applied, offered])
def test_r2_more_places_than_the_programme_allows_need_a_recorded_override(
    desk: Desk, full: Group, way: Way
) -> None:
    """Before: after `PATCH capacity` every way gives five places more without a word."""
    desk.change(f"work-groups/{full.id}", {"capacity": 5})
    replies = way(desk, full, desk.people(2))
    assert taken(desk, full) == 3, [reply.body for reply in replies]


def test_r2_an_override_is_accepted_and_recorded(desk: Desk, full: Group) -> None:
    """More of R2's kind: with a reason a hub lead may go beyond the maximum."""
    path = f"work-groups/{full.id}"
    if desk.change(path, {"capacity": 4} | OVERRIDE).status != 200:
        assert desk.change(path, {"capacity": 4}).status == 200
    (person,) = desk.people(1)
    body = {"teacher_id": person.id, "role": "participant"} | OVERRIDE
    reply = desk.post(f"{path}/enrolments", body)
    assert reply.status == 201, reply.body
    assert taken(desk, full) == 4


MET: Final = datetime(2026, 10, 6, 13, 30, tzinfo=UTC)


def met(desk: Desk, *, confirmed: bool = False) -> tuple[Group, Reply]:
    """A Work Group with a session in October and one to come, and how the first register was answered."""
    at = MET - timedelta(days=1)
    people = desk.people(2, at=at)
    terms = {"min_teachers": 1, "min_schools": 1}
    group = desk.group(people, at=at, programme_id=programme(desk, **terms))
    if confirmed:
        desk.make(f"work-groups/{group.id}/confirmation", {}, at=at)
    session_id = desk.session(group, MET, at=at)
    desk.session(group, FIRST, at=at)
    path = f"{V1}/sessions/{session_id}"
    marks = [{"enrolment_id": place, "mark": "present"} for place in group.places.values()]
    tag = desk.hub("GET", path).headers["Etag"]
    reply = desk.hub("PUT", f"{path}/register", {"marks": marks}, at=MET + 3 * HOUR, If_Match=tag)
    return group, reply


def test_r3_a_group_that_has_met_is_not_cancelled_before_it_has_met(desk: Desk) -> None:
    """Before: a group that was never confirmed holds a session, and is cancelled after it."""
    group, reply = met(desk)
    if reply.status not in {200, 201}:
        assert reply.json["code"]
        return
    assert desk.hub("GET", f"{V1}/work-groups/{group.id}").json["status"] == "running"
    refused = desk.post(f"work-groups/{group.id}/cancellation", {"reason": "funding"})
    assert (refused.status, refused.json.get("code")) == (409, "not_cancellable"), refused.body


def test_r3_a_confirmed_group_runs_after_its_first_register(desk: Desk) -> None:
    """More of R3's kind."""
    group, reply = met(desk, confirmed=True)
    assert reply.status in {200, 201}, reply.body
    assert desk.hub("GET", f"{V1}/work-groups/{group.id}").json["status"] == "running"
    refused = desk.post(f"work-groups/{group.id}/cancellation", {"reason": "funding"})
    assert (refused.status, refused.json.get("code")) == (409, "not_cancellable"), refused.body


def test_r3_a_group_that_never_met_is_not_closed_as_if_it_had(desk: Desk) -> None:
    """More of R3's kind: a certificate asks for sessions."""
    group = desk.group(desk.people(1))
    reply = desk.post(f"work-groups/{group.id}/closure", {"evaluation_submitted_on": "2027-01-11"})
    assert reply.status in {409, 422}, reply.body
    assert desk.hub("GET", f"{V1}/work-groups/{group.id}").json["status"] != "closed"
