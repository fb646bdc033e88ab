"""Over HTTP: one person is registered once, another one with the same name or address, too."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from tests.enrolment.desk import Desk, problem, teacher_body
from tests.enrolment.lists import as_csv, line


def test_a_person_who_may_be_known_is_registered_only_as_another_one(desk: Desk) -> None:
    (school,) = desk.schools()
    body = teacher_body(school, given="Anita", family="Patel")
    first = desk.made("teachers", body)["teacher_id"]
    refused = desk.post("teachers", body | {"given": "ANITA"})
    assert problem(refused) == (409, "possible_duplicate", ["/different_from"])
    assert refused.json["candidates"] == [
        {"teacher_id": first, "given": "Anita", "family": "Patel", "urns": [school]}
    ]
    assert "Anita Patel" in refused.json["detail"]
    assert desk.post("teachers", body | {"different_from": [str(uuid4())]}).status == 409
    second = desk.made("teachers", body | {"different_from": [first]})["teacher_id"]
    assert second != first
    assert (
        desk.post("teachers", body | {"different_from": [first]}).json["candidates"][0]["teacher_id"]
        == second
    )


def test_a_colleague_at_the_same_address_is_registered(desk: Desk) -> None:
    body = teacher_body(desk.schools()[0], given="Anita", family="Patel")
    desk.made("teachers", body)
    desk.made("teachers", body | {"given": "Raj"})
    desk.made("teachers", body | {"given": "Eve", "family": "Woolf"})


def test_a_person_sent_four_times_at_once_is_registered_once(desk: Desk) -> None:
    body = teacher_body(desk.schools()[0], given="Раиса", family="王")
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: desk.post("teachers", body), range(4)))
    assert Counter(reply.status for reply in replies) == {201: 1, 409: 3}
    (made,) = (reply.json["teacher_id"] for reply in replies if reply.status == 201)
    for reply in replies:
        if reply.status == 409:
            assert [one["teacher_id"] for one in reply.json["candidates"]] == [made]


def test_one_name_is_registered_and_none_is_not(desk: Desk) -> None:
    body = teacher_body(desk.schools()[0], family="Sukarno")
    del body["given"]
    made = desk.made("teachers", body)
    assert (made["given"], made["family"]) == ("", "Sukarno")
    body |= {"family": " ", "email": "unknown@s.example"}
    assert problem(desk.post("teachers", body)) == (422, "name_missing", ["/family"])


def test_a_name_is_searched_as_it_is_compared(desk: Desk) -> None:
    (school,) = desk.schools()
    made = desk.teacher(school, given="Siân", family="O’Brien-Łuk")
    for q in ("o'brien luk", "LUK SIAN", "Obrienluk", "O Brien", "sianobrien"):
        found = desk.get(f"teachers?urn={school}&q={q.replace(' ', '+')}").json["items"]
        assert [one["teacher_id"] for one in found] == [made], q
    assert desk.get(f"teachers?urn={school}&q=brian").json["items"] == []


def test_a_preview_says_of_each_row_who_it_is_about(desk: Desk) -> None:
    (school,), on = desk.schools(), desk.group()
    email = f"{uuid4()}@s.example"
    known = desk.teacher(school, given="Anita", family="Patel", email=email)
    rows = [
        line(school, given="Anita", family="Patel", email=email, trn="4440001"),
        line(school, given="Raj", family="Patel", email=email),
        line(school, given="Anita", family="Shah", email=email),
    ]
    seen = desk.made(f"work-groups/{on}/uploads?mode=preview", as_csv(*rows))
    assert [(one["row"], one["name"], one["person"], one["teacher_id"]) for one in seen["people"]] == [
        (2, "Anita Patel", "known", known),
        (3, "Raj Patel", "new", None),
        (4, "Anita Shah", "unclear", None),
    ]
    assert seen["people"][0]["changes"] == ["The TRN 4440001 is added to the record."]
    assert [one["teacher_id"] for one in seen["people"][2]["candidates"]] == [known]
    assert [one["code"] for one in seen["problems"]] == ["name_differs"]
