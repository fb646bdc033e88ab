"""Over HTTP: what was imported before, what was found in it, and bodies that no import takes."""

import csv
import io
import socket
from uuid import uuid4

import pytest
from tests.enrolment.desk import V1, Desk, problem
from tests.enrolment.register_files import gias, groups, row
from tests.support.services import RunningService

from hub_enrolment.api.imports import LARGEST_FILE


def test_applied_files_are_listed_newest_first_and_previews_are_not(desk: Desk) -> None:
    older = desk.imports(gias(row()))["import_id"]
    desk.imports(gias(row()), "preview")
    newer = desk.imports(groups(("77001", "Nene", "", "Multi-academy trust", "", "Open")))["import_id"]
    first = desk.get("imports?limit=1").json
    rest = desk.get(f"imports?limit=1&after={first['next']}").json
    assert [item["import_id"] for item in first["items"] + rest["items"]] == [newer, older]
    read = desk.get(f"imports/{newer}").json
    assert (read["file"], read["rows"], read["created"], read["findings_n"]) == ("groups", 1, 1, 0)
    assert (read["applied_by"], read["applied_at"][:10]) == ("tester", "2025-09-20")


def test_findings_are_kept_and_can_be_downloaded(desk: Desk) -> None:
    rows = [row(NumberOfPupils="SUPP"), row(NumberOfPupils="=1+1")]
    import_id = desk.imports(gias(*rows))["import_id"]
    listed = desk.get(f"imports/{import_id}/findings").json["items"]
    assert [(one["row"], one["urn"], one["code"]) for one in listed] == [
        (2, rows[0]["URN"], "not_a_number"),
        (3, rows[1]["URN"], "not_a_number"),
    ]
    reply = desk.get(f"imports/{import_id}/findings.csv")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "findings-establishments-2025-09-20.csv" in reply.headers["Content-Disposition"]
    read = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert read == [{name: str(value) for name, value in one.items()} for one in listed]


@pytest.mark.parametrize("path", ["", "/findings", "/findings.csv"])
def test_an_import_that_never_was_is_404(desk: Desk, path: str) -> None:
    assert problem(desk.get(f"imports/{uuid4()}{path}"))[:2] == (404, "unknown_import")


def test_a_file_that_says_to_be_too_large_is_refused_unread(enrolment: RunningService) -> None:
    # The body is never sent, so an answer shows that the service did not wait for it.
    token = enrolment.client("hub_admin").token
    head = (
        f"POST {V1}/imports/gias?mode=preview HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Length: {2 * 1024**3}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", enrolment.port), timeout=10) as connection:
        connection.sendall(head.encode())
        said = connection.recv(65_536).decode()
    assert said.startswith("HTTP/1.1 413 ")
    assert "request_entity_too_large" in said
    assert f"{LARGEST_FILE:,} bytes" in said
