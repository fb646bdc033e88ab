"""Unknown records are refused, each kind by its own code."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from tests.enrolment import steps
from tests.enrolment.factories import BY, NOW, group, schools, teacher

from hub_enrolment.commands.hub import DescribeHub
from hub_enrolment.commands.mergers import MergeTeachers
from hub_enrolment.handlers import hub, mergers, tasks
from hub_enrolment.store import hub as hub_store
from hub_enrolment.store import uploads
from hub_kernel.refusals import Conflict, Refused, Stale, Unknown
from hub_platform.database import Sessions


@pytest.mark.parametrize(("unknown", "pointer"), [(0, "/from_id"), (1, "/into_id")])
def test_a_merger_with_a_record_that_is_not_there_says_which(
    session: Session, unknown: int, pointer: str
) -> None:
    ids = [teacher(session, schools(session)[0]) for _ in range(2)]
    ids[unknown] = uuid4()
    command = MergeTeachers(from_id=ids[0], into_id=ids[1], dry_run=True)
    with pytest.raises(Refused, match="unknown_teacher") as refused:
        mergers.merge_teachers(session, command, now=NOW, by=BY)
    assert refused.value.pointer == pointer


def test_missing_report_is_unknown(session: Session) -> None:
    opened, places, (first, second) = steps.running(session, sessions_n=2)
    task = steps.put_task(session, opened.id, first, second)
    with pytest.raises(Unknown, match="unknown_report"):
        tasks.find_report(session, task.id, places[0])


def test_an_application_is_submitted_once(session: Session) -> None:
    urn, people = steps.school_with(session)
    application = steps.apply(session, group(session).id, urn, people).row
    steps.submit(session, application.id)
    with pytest.raises(Conflict, match="not_draft"):
        steps.submit(session, application.id)


def test_a_name_without_words_means_no_school(session: Session) -> None:
    schools(session)
    assert list(uploads.schools_called(session, " -- ")) == []


def test_of_two_first_descriptions_of_the_hub_the_later_one_is_stale(
    database: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.begin() as session:
        (urn,) = schools(session)
    first = DescribeHub(
        id="first",
        name="A hub",
        lead_school_urn=urn,
        trust_uid=None,
        area_la_codes=["873"],
        area_district_codes=[],
        extra_urns=[],
        excluded_urns=[],
    )
    with database.begin() as session:
        hub.describe_hub(session, first, expected=0, now=NOW, by=BY)
    monkeypatch.setattr(hub_store, "find_hub", lambda _session, **_lock: None)  # it looked a moment earlier
    with pytest.raises(Stale, match="stale"), database.begin() as session:
        hub.describe_hub(session, replace(first, id="second"), expected=0, now=NOW, by=BY)
    monkeypatch.undo()
    with database() as session:
        assert hub.find_hub(session).id == "first"
