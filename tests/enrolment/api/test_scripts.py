"""Over HTTP: names in many scripts pass through list, search, duplicates, sheet and certificate."""

import os
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

import pytest
import sqlalchemy as sa
from tests.enrolment.desk import Desk, teacher_body
from tests.enrolment.factories import NOW
from tests.enrolment.lists import as_csv, as_xlsx, line
from tests.enrolment.pdf_text import has_name
from tests.enrolment.scripts import ALWAYS_PRINTED, NAMES
from tests.support.services import RunningService

from hub_enrolment.models import Enrolment
from hub_enrolment.templates.fonts import fonts_for


@dataclass(frozen=True)
class Listed:
    """A Work Group whose participants came in one list: script by script their teacher and their place."""

    group_id: str
    urn: str
    teachers: dict[str, str]
    places: dict[str, str]


def is_printed(script: str) -> bool:
    """Whether the service's machine has a font for a script; `.ci/run` installs them."""
    printed = script in ALWAYS_PRINTED or bool(fonts_for("".join(NAMES[script])))
    assert printed or "CI" not in os.environ
    return printed


@pytest.fixture(name="listed")
def _listed(desk: Desk, request: pytest.FixtureRequest) -> Listed:
    (urn,), group_id = desk.schools(), desk.group(capacity=len(NAMES))
    rows = [
        line(urn, given=given, family=family, email=f"{number}@{urn}.example")
        for number, (given, family) in enumerate(NAMES.values())
    ]
    done = desk.made(f"work-groups/{group_id}/uploads?mode=apply", getattr(request, "param", as_csv)(*rows))
    assert done["problems"] == []
    taken = dict(zip(NAMES, done["taken"], strict=True))
    return Listed(
        group_id,
        urn,
        {script: one["teacher_id"] for script, one in taken.items()},
        {script: one["enrolment_id"] for script, one in taken.items()},
    )


@pytest.mark.parametrize("listed", [as_csv, as_xlsx], ids=["csv", "xlsx"], indirect=True)
def test_a_name_passes_through_list_search_and_duplicates(desk: Desk, listed: Listed) -> None:
    wrong = []
    for script, (given, family) in NAMES.items():
        teacher_id = listed.teachers[script]
        record = desk.get(f"teachers/{teacher_id}").json
        for asked in (f"{given} {family}", f"{family} {given}", f"{given} {family}".upper()):
            found = desk.get(f"teachers?q={quote(asked)}&urn={listed.urn}").json["items"]
            if teacher_id not in {one["teacher_id"] for one in found}:
                wrong.append(f"{script}: {asked} is not found")
        again = desk.post("teachers", teacher_body(listed.urn, given=given, family=family))
        if again.status != 409 or [one["teacher_id"] for one in again.json["candidates"]] != [teacher_id]:
            wrong.append(f"{script}: registered twice")
        if (record["given"], record["family"]) != (given, family):
            wrong.append(f"{script}: {record}")
    assert wrong == []


def test_two_records_with_one_name_are_listed_as_duplicates(desk: Desk, listed: Listed) -> None:
    """The second was registered at another school, and moves to the first one's."""
    (elsewhere,), pairs = desk.schools(), set()
    for script, (given, family) in NAMES.items():
        other = desk.teacher(elsewhere, given=given, family=family)
        move = {
            "to_urn": listed.urn,
            "role": "class_teacher",
            "moved_on": f"{NOW:%Y-%m-%d}",
            "keep_email": True,
        }
        desk.made(f"teachers/{other}/moves", move)
        pairs.add((listed.teachers[script], other))
    found, after = set(), ""
    while True:
        page = desk.get(f"teachers/duplicates?limit=200{after}").json
        found |= {(one["first"]["teacher_id"], one["second"]["teacher_id"]) for one in page["items"]}
        if not page.get("next"):
            break
        after = f"&after={page['next']}"
    assert pairs <= found


def test_a_name_is_printed_on_sheet_and_certificate(
    desk: Desk, enrolment: RunningService, listed: Listed
) -> None:
    session_id = desk.session(listed.group_id)
    sheet = desk.get(f"sessions/{session_id}/attendance-sheet").body
    engine = sa.create_engine(enrolment.environment["HUB_DATABASE_URL"])
    with engine.begin() as connection:
        places = [UUID(place) for place in listed.places.values()]
        done = {"status": "completed", "completion_decided_at": NOW}
        connection.execute(sa.update(Enrolment).where(Enrolment.id.in_(places)).values(done))
    engine.dispose()
    wrong = []
    for script, (given, family) in NAMES.items():
        certificate = desk.get(f"enrolments/{listed.places[script]}/certificate").body
        if has_name(sheet, f"{family}, {given}") is not is_printed(script):
            wrong.append(f"{script} on the sheet")
        if has_name(certificate, f"{given} {family}") is not is_printed(script):
            wrong.append(f"{script} on the certificate")
    assert wrong == []
