"""Over HTTP: lists of participants, what becomes of them, and the file with the refused rows."""

import csv
import io
from uuid import uuid4

import pytest
from tests.enrolment.desk import Desk, problem
from tests.enrolment.lists import HEADER, as_csv, as_xlsx, line
from tests.support.services import Client, RunningService

from hub_enrolment.api.uploads import LARGEST_FILE


def test_a_list_is_seen_and_then_taken(desk: Desk) -> None:
    (school,), on = desk.schools(), desk.group()
    address = f"work-groups/{on}/uploads"
    raw = as_xlsx(line(school, email=f"{uuid4()}@s.example", lead="yes"))
    seen = desk.made(f"{address}?mode=preview", raw)
    notes = [{"code": "sheets_left_out", "detail": "The sheet “Sheet” was read; the others were left out."}]
    counts = {"rows_n": 1, "enrolled_n": 1, "registered_n": 1, "refused_n": 0, "problems": [], "notes": notes}
    (person,) = people = seen.pop("people")
    assert (person["name"], person["urn"], person["person"]) == ("Grace Hopper", school, "new")
    assert seen == {"work_group_id": on, "mode": "preview", "taken": [], **counts}
    done = desk.made(f"{address}?mode=apply", raw)
    (taken,) = done.pop("taken")
    assert done.pop("people") == people
    assert done == {"work_group_id": on, "mode": "apply", **counts}
    (place,) = desk.get(f"work-groups/{on}/enrolments").json["items"]
    assert (place["enrolment_id"], place["teacher_id"]) == (taken["enrolment_id"], taken["teacher_id"])
    assert (place["role"], taken["row"], taken["new"]) == ("lead_participant", 2, True)


def test_a_list_sent_twice_under_one_key_is_taken_once(desk: Desk) -> None:
    (school,), address = desk.schools(), f"work-groups/{desk.group()}/uploads?mode=apply"
    raw, key = as_csv(line(school, email=f"{uuid4()}@s.example")), str(uuid4())
    first = desk.post(address, raw, Idempotency_Key=key)
    assert first.status == 200
    assert desk.post(address, raw, Idempotency_Key=key).json == first.json


def test_the_refused_rows_come_as_a_file_that_can_be_put_right(desk: Desk) -> None:
    (school,), address = desk.schools(), f"work-groups/{desk.group()}/uploads"
    good = [*line(school, email=f"{uuid4()}@s.example"), "", ""]
    bad = [*line("12", given="=1+1", trn="x"), "+44", "an old reason"]
    raw = as_csv(good, bad, header=[*HEADER, "telephone", "Reason"])
    reply = desk.post(f"{address}?mode=preview&format=csv", raw)
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "refused-rows.csv" in reply.headers["Content-Disposition"]
    header, row = csv.reader(io.StringIO(reply.body.decode("utf-8-sig"), newline=""))
    assert reply.body.startswith(b"\xef\xbb\xbf")
    assert header == [*HEADER, "telephone", "reason"]
    assert row[:8] == ["'=1+1", *bad[1:7], "'+44"]
    assert row[8].startswith("trn: ")
    assert " urn: " in row[8]
    again = desk.made(f"{address}?mode=preview", reply.body)
    assert [one["column"] for one in again["problems"]] == ["trn", "urn"]


def test_refused_rows_refuse_the_list_unless_the_others_are_asked_for(desk: Desk) -> None:
    (school,), address = desk.schools(), f"work-groups/{desk.group()}/uploads?mode=apply"
    raw = as_csv(line(school, email=f"{uuid4()}@s.example"), line(school, role="king"))
    assert problem(desk.post(address, raw)) == (422, "rows_refused", ["/rows/3/role"])
    done = desk.made(f"{address}&skip_refused=true", raw)
    assert (done["enrolled_n"], done["refused_n"]) == (1, 1)
    assert [(one["row"], one["column"], one["code"]) for one in done["problems"]] == [(3, "role", "invalid")]


@pytest.mark.parametrize(
    ("query", "raw", "said"),
    [
        ("?mode=preview", b"%PDF-1.7", (422, "file_not_a_table")),
        ("?mode=preview", b"", (422, "file_empty")),
        ("?mode=preview", b"x" * (LARGEST_FILE + 1), (413, "request_entity_too_large")),
        ("", b"", (400, "bad_parameter")),
        ("?mode=both", b"", (400, "bad_parameter")),
    ],
)
def test_what_is_no_list_is_refused(desk: Desk, query: str, raw: bytes, said: tuple[int, str]) -> None:
    address = f"work-groups/{desk.group()}/uploads"
    assert problem(desk.post(address + query, raw))[:2] == said


def test_a_list_for_a_group_that_is_not_there_is_404(desk: Desk) -> None:
    reply = desk.post(f"work-groups/{uuid4()}/uploads?mode=preview", as_csv(line("110623")))
    assert problem(reply)[:2] == (404, "unknown_work_group")


def test_who_leads_a_group_uploads_nothing(enrolment: RunningService, desk: Desk) -> None:
    led = Desk(Client(enrolment.port, enrolment.client("work_group_lead").token))
    reply = led.post(f"work-groups/{desk.group()}/uploads?mode=preview", as_csv(line("110623")))
    assert problem(reply)[:2] == (403, "forbidden")
