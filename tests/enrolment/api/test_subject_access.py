"""Over HTTP: everything that is stored about one teacher."""

from typing import Any
from uuid import uuid4

from tests.enrolment.desk import Desk, leader_body, problem, register_body
from tests.enrolment.factories import MEETS

from hub_enrolment.queries.subject_access import HEADINGS, PUBLISHED


def items(sections: Any, name: str) -> list[dict[str, Any]]:
    (found,) = (s["items"] for s in sections if s["heading"] == HEADINGS.get(name, name))
    return list(found)


def test_report_has_all_data_of_one_person_and_none_of_another(desk: Desk) -> None:
    (school,) = desk.schools()
    ada = desk.teacher(school, email="ada@access.example", trn="5580001", phone="01223 123456")
    eve = desk.teacher(school, given="Eve", family="Other", email="eve@other.example", trn="5580002")
    desk.made("leaders", leader_body(ada))
    own = desk.group(lead_ids=[ada])
    joined = desk.group()
    places = [desk.enrol(joined, ada), desk.enrol(joined, eve)]
    session_id = desk.session(joined)
    reply = desk.put(f"sessions/{session_id}/register", register_body(places), at=MEETS, If_Match='"1"')
    assert reply.status == 200

    answer = desk.get(f"teachers/{ada}/subject-access")
    assert answer.status == 200
    sections = answer.json["sections"]
    (who,) = items(sections, "teachers")
    assert (who["id"], who["email"], who["trn"], who["phone"]) == (
        ada,
        "ada@access.example",
        "5580001",
        "01223 123456",
    )
    assert [one["urn"] for one in items(sections, "school_memberships")] == [school]
    assert [one["role"] for one in items(sections, "leader_roles")] == ["work_group_lead"]
    assert [one["work group id"] for one in items(sections, "work_group_leads")] == [own]
    assert [one["id"] for one in items(sections, "enrolments")] == places[:1]
    assert [one["mark"] for one in items(sections, "attendances")] == ["present"]
    assert {one["event"] for one in items(sections, PUBLISHED)} == {
        "TeacherRegistered",
        "LeaderAppointed",
        "WorkGroupOpened",
        "ParticipantEnrolled",
    }
    text = answer.body.decode()
    for of_another in (eve, places[1], "eve@other.example", "5580002", "Eve", "tester"):
        assert of_another not in text


def test_unknown_teacher_has_no_report(desk: Desk) -> None:
    assert problem(desk.get(f"teachers/{uuid4()}/subject-access")) == (404, "unknown_teacher", [])
