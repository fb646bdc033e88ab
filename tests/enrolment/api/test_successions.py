"""A school that becomes another one, over HTTP: what a preview names, and lists by either number."""

import pytest
from tests.enrolment.desk import Desk, programme_body
from tests.enrolment.register_files import CLOSED, gias, links, row


@pytest.fixture(name="schools")
def _schools(desk: Desk) -> tuple[str, str]:
    """A school with a link to its successor that has not taken effect, and the successor."""
    old, new = desk.schools(2)
    desk.imports(links((old, new, "Successor", "01-09-2025")))
    return old, new


def test_a_preview_names_what_will_move(desk: Desk, schools: tuple[str, str]) -> None:
    old, new = schools
    group = desk.group(capacity=1)
    place = desk.enrol(group, desk.teacher(old, given="Ada", family="Lovelace"))
    waiting = desk.teacher(old, given="Emmy", family="Noether")
    desk.made(f"work-groups/{group}/waiting-list", {"teacher_id": waiting, "role": "participant"})
    asked = {"urn": old, "participants": [{"teacher_id": waiting, "role": "participant"}]}
    desk.made(f"work-groups/{desk.group()}/applications", asked)
    hosted = {"mode": "school_hosted", "host_urn": old}
    hosted |= {"starts_at": "2025-10-08T12:30:00Z", "ends_at": "2025-10-08T15:30:00Z"}
    session = desk.made(f"work-groups/{group}/sessions", hosted)["session_id"]

    raw = gias(row(URN=old, EstablishmentName="Old School", **CLOSED))
    preview = desk.imports(raw, mode="preview")
    assert preview["moves_n"] == 1
    (told,) = preview["moves"]
    assert [(one["given"], one["family"]) for one in told.pop("people")] == [
        ("Ada", "Lovelace"),
        ("Emmy", "Noether"),
    ]
    assert told == {
        "urn": old,
        "name": "Old School",
        "successor_urn": new,
        "first_day": "2025-09-01",
        "in_effect": True,
        "people_n": 2,
        "sessions_n": 1,
        "places_n": 1,
        "waiting_n": 1,
        "offers_n": 0,
        "applications_n": 1,
    }
    assert desk.get(f"sessions/{session}").json["host_urn"] == old, "a preview changes nothing"

    assert desk.imports(raw)["moves"][0]["people_n"] == 2
    assert desk.get(f"sessions/{session}").json["host_urn"] == new
    assert desk.get(f"enrolments/{place}").json["urn"] == old
    assert desk.imports(raw, mode="preview")["moves"] == []


def test_future_succession_is_listed_with_its_moves(desk: Desk) -> None:
    old, new = desk.schools(2)
    desk.teacher(old)
    raw = links((old, new, "Successor", "01-09-2026"))
    (told,) = desk.imports(raw, mode="preview")["moves"]
    assert (told["urn"], told["successor_urn"], told["in_effect"], told["people_n"]) == (old, new, False, 1)


def test_school_closing_without_a_successor_is_listed(desk: Desk) -> None:
    (old,) = desk.schools()
    (told,) = desk.imports(gias(row(URN=old, **CLOSED)), mode="preview")["moves"]
    assert (told["urn"], told["successor_urn"], told["first_day"]) == (old, None, None)


def test_lists_find_all_of_a_school_by_either_number(desk: Desk, schools: tuple[str, str]) -> None:
    old, new = schools
    group = desk.group(of=programme_body())
    before = desk.teacher(old)
    place = desk.enrol(group, before)
    asked = {"urn": old, "participants": [{"teacher_id": before, "role": "participant"}]}
    application = desk.made(f"work-groups/{desk.group()}/applications", asked)["application_id"]
    desk.imports(gias(row(URN=old, **CLOSED)))
    after = desk.teacher(new, family="Noether")
    for named in schools:
        people = {one["teacher_id"] for one in desk.get(f"teachers?urn={named}").json["items"]}
        assert people == {before, after}
        places = desk.get(f"work-groups/{group}/enrolments?urn={named}").json["items"]
        assert [one["enrolment_id"] for one in places] == [place]
        listed = desk.get(f"applications?urn={named}").json["items"]
        assert [one["application_id"] for one in listed] == [application]
