"""Over HTTP and RPC: who has seen names and contacts, and whose; who has changed what."""

from collections.abc import Callable
from typing import Any

import pytest
from nameko.standalone.rpc import ClusterRpcProxy
from tests.enrolment.desk import V1, Desk
from tests.support.audited import Row, rows
from tests.support.services import RunningService

Last = Callable[..., Row]


@pytest.fixture(name="last")
def _last(enrolment: RunningService) -> Last:
    """Give the last row with the wanted values."""
    return lambda **wanted: rows(enrolment.environment["HUB_DATABASE_URL"], **wanted)[-1]


def ids(row: Row, name: str) -> set[str]:
    found: list[str] = row["subjects"].get(name, [])
    assert len(found) == len(set(found))
    return set(found)


def test_a_new_place_names_teacher_group_and_place(desk: Desk, last: Last) -> None:
    group_id = desk.group()
    (place,) = desk.fill(group_id, teachers_n=1, schools_n=1)
    row = last(method="POST", route=f"{V1}/work-groups/<uuid:work_group_id>/enrolments")
    teacher_id = desk.get(f"enrolments/{place}").json["teacher_id"]
    assert (row["outcome"], row["status"]) == ("done", 201)
    assert ids(row, "enrolment_id") == {place}
    assert ids(row, "teacher_id") == {teacher_id}
    assert ids(row, "work_group_id") == {group_id}


def test_a_list_of_people_names_those_who_are_on_it(desk: Desk, last: Last) -> None:
    (urn,) = desk.schools(1)
    people = {desk.teacher(urn), desk.teacher(urn)}
    listed = desk.get(f"teachers?urn={urn}").json["items"]
    row = last(route=f"{V1}/teachers", method="GET")
    assert ids(row, "teacher_id") == people == {one["teacher_id"] for one in listed}
    assert ids(row, "urn") == {urn}
    assert listed[0]["family"] not in str(row)


def test_words_that_were_searched_for_are_not_recorded(desk: Desk, last: Last) -> None:
    assert desk.get("teachers?q=lovelace").status == 200
    row = last(route=f"{V1}/teachers", method="GET")
    assert "lovelace" not in str(row).lower()


def test_documents_name_the_places_and_people_on_them(desk: Desk, last: Last) -> None:
    group_id = desk.group()
    places = desk.fill(group_id, teachers_n=2, schools_n=1)
    session_id = desk.session(group_id)
    assert desk.get(f"sessions/{session_id}/attendance-sheet").status == 200
    row = last(route=f"{V1}/sessions/<uuid:session_id>/attendance-sheet")
    assert (ids(row, "enrolment_id"), ids(row, "session_id")) == (set(places), {session_id})


def test_contacts_asked_for_by_another_service_are_recorded(desk: Desk, last: Last, publishers: str) -> None:
    people = [desk.teacher(urn) for urn in desk.schools(2)]
    with ClusterRpcProxy({"AMQP_URI": publishers}, timeout=10) as services:
        assert set(services.enrolment.contacts(people)) == set(people)
    row: Any = last(route="enrolment.contacts")
    assert (row["method"], ids(row, "teacher_id")) == ("RPC", set(people))
    assert "@" not in str(row)
