"""P10: registering a person twice makes one record, or a refusal that names the first."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.cases.desk import V1, Desk, numbers
from tests.cases.participants import cells, csv_file, new_trn, participants, workbook
from tests.support.services import Reply

POSSIBLE_DUPLICATE = "possible_duplicate"


def body(urn: str, **changes: Any) -> dict[str, Any]:
    """A registration of a new person."""
    number = next(numbers)
    values = {"given": f"Twice{number}", "family": "Submit", "email": f"twice{number}@school-{urn}.example"}
    return values | {"urn": urn, "role": "class_teacher"} | changes


def at_once(desk: Desk, bodies: Sequence[dict[str, Any]]) -> list[Reply]:
    """Send registrations in the same moment, without an Idempotency-Key."""
    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(lambda one: desk.post("teachers", one), bodies))


def assert_one_record(desk: Desk, replies: Sequence[Reply], email: str, *codes: str) -> None:
    """One was registered; every other answer is that record, or a refusal that names it."""
    made = {one.json["teacher_id"] for one in replies if one.status in {200, 201}}
    assert len(made) == 1, [(one.status, one.body) for one in replies]
    (teacher_id,) = made
    for reply in replies:
        if reply.status not in {200, 201}:
            assert (reply.status, reply.json["code"] in codes) == (409, True), reply.body
            assert teacher_id in reply.body.decode(), "the refusal does not name the first record"
    listed = desk.hub("GET", f"{V1}/teachers?q={email}").json["items"]
    assert [one["teacher_id"] for one in listed] == [teacher_id]


def test_p10_four_registrations_of_a_person_at_once_make_one_record(desk: Desk) -> None:
    (urn,) = desk.schools()
    asked = body(urn)
    assert_one_record(desk, at_once(desk, [asked] * 4), asked["email"], POSSIBLE_DUPLICATE)


def test_p10_a_registration_sent_again_later_makes_no_second_record(desk: Desk) -> None:
    """More of P10's kind: the second has capitals, an accent and spaces of its own."""
    (urn,) = desk.schools()
    asked = body(urn, given="Zoe")
    again = asked | {"given": " Zoë", "family": "SUBMIT", "email": asked["email"].upper()}
    replies = [desk.post("teachers", one) for one in (asked, again)]
    assert_one_record(desk, replies, asked["email"], POSSIBLE_DUPLICATE)


def test_p10_two_offices_register_a_person_by_number_at_once(desk: Desk) -> None:
    """More of P10's kind: the addresses differ, the number is the same."""
    (urn,) = desk.schools()
    one = body(urn, trn=new_trn())
    other = one | {"email": f"home-{one['email']}"}
    replies = at_once(desk, [one, other])
    assert_one_record(desk, replies, one["email"].partition("@")[0], POSSIBLE_DUPLICATE, "trn_taken")


def test_p10_a_list_and_a_registration_of_a_person_at_once_make_one_record(desk: Desk) -> None:
    """More of P10's kind."""
    (urn,) = desk.schools()
    asked, on = body(urn), participants(desk)
    raw = csv_file(cells(urn, **{name: asked[name] for name in ("given", "family", "email")}))
    with ThreadPoolExecutor(2) as pool:
        by_list, by_hand = pool.submit(on.send, raw), pool.submit(desk.post, "teachers", asked)
    assert by_list.result().status == 200
    assert by_hand.result().status in {200, 201, 409}
    listed = desk.hub("GET", f"{V1}/teachers?q={asked['email']}").json["items"]
    assert len(listed) == 1


def test_p10_two_people_with_one_address_are_both_registered(desk: Desk) -> None:
    """More of P10's kind: an address that a school office shares makes no duplicate of a colleague."""
    (urn,) = desk.schools()
    first = body(urn, given="Maya", trn=new_trn())
    second = first | {"given": "Pierre", "family": "Dubois", "trn": new_trn()}
    assert [desk.post("teachers", one).status for one in (first, second)] == [201, 201]


def test_p10_four_lists_with_a_person_at_once_make_one_record(desk: Desk) -> None:
    """More of P10's kind: lists for two Work Groups, each as CSV and as a workbook."""
    (urn,) = desk.schools()
    asked, groups = body(urn), [participants(desk) for _ in range(2)]
    row = cells(urn, **{name: asked[name] for name in ("given", "family", "email")})
    lists = [(on, raw) for on in groups for raw in (csv_file(row), workbook(row))]
    with ThreadPoolExecutor(len(lists)) as pool:
        replies = list(pool.map(lambda one: one[0].send(one[1]), lists))
    assert {reply.status for reply in replies} == {200}
    listed = desk.hub("GET", f"{V1}/teachers?q={asked['email']}").json["items"]
    assert len(listed) == 1
    assert [on.teacher_ids() for on in groups] == [{listed[0]["teacher_id"]}] * 2


def test_p10_four_applications_at_once_make_one_and_the_others_name_it(desk: Desk) -> None:
    """More of P10's kind."""
    (person,), group = desk.people(1), desk.group()
    asked = {"urn": person.urn, "participants": [{"teacher_id": person.id, "role": "participant"}]}
    path = f"work-groups/{group.id}/applications"
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: desk.post(path, asked), range(4)))
    (first,) = [reply.json["application_id"] for reply in replies if reply.status == 201]
    others = [reply.json for reply in replies if reply.status != 201]
    assert [(one["code"], one["application_id"]) for one in others] == [("application_open", first)] * 3
