"""A short history with events of every kind and corrections; no two revisions of a subject are equal."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from tests.reporting import factories as make
from tests.reporting import group_work as happened
from tests.reporting.descriptions import changed, hub, imported
from tests.reporting.factories import an_id

from hub_contracts import Event
from hub_contracts.enrolment import (
    ParticipantWithdrawn,
    SchoolChanged,
    SchoolClosed,
    SchoolsMerged,
    SchoolSucceeded,
    WorkGroupConfirmed,
    WorkGroupFellBelowMinimum,
)
from hub_contracts.notifications import MessageFailed, MessageSent
from hub_contracts.visits import (
    PDLeadUnassigned,
    VisitCancelled,
    VisitObligationExcused,
    VisitPlanned,
    VisitReassigned,
    VisitRecalculated,
)
from hub_contracts.vocabulary import (
    ExemptionReason,
    ObligationKind,
    SupportProgramme,
    VisitKind,
    WithdrawalReason,
)

OCTOBER = date(2025, 10, 8)


def history() -> list[Event]:
    """Return all events, those of a subject in order."""
    return [*schools(), *groups(), *tasks_and_endings(), *visits(), *messages()]


def schools() -> list[Event]:
    renamed = asdict(make.school("110001")) | {"name": "Renamed", "trust_uid": "17047"}
    second = imported("110002")
    north = {"la_code": "940", "la_name": "North Cambridgeshire"}
    return [
        hub(area_la_codes=["926"]),
        hub(),
        make.school("110001"),
        make.connected("110001"),
        SchoolChanged(**renamed, changed_fields=["name", "trust_uid"]),
        second,
        changed(second, date(2026, 4, 1), **north, trust_uid="17047", trust_since=date(2026, 1, 4)),
        make.school("110003"),
        SchoolClosed(urn="110003", close_date=date(2025, 12, 31)),
        SchoolSucceeded(urn="110003", successor_urn="110004", link_type="Successor"),
        SchoolsMerged(urn="110003", successor_urn="110004", link_type="Successor"),
        make.school("110004", open_date=date(2026, 1, 1)),
        make.post("Ada", "110001"),
        make.post("Ada", "110001", ends_on=date(2025, 12, 31)),
        make.post("PD lead", "110002", "pd_lead"),
    ]


def groups() -> list[Event]:
    place = make.place("Fractions", "Sofia", "110003")
    group = place.work_group_id
    marks = [("Ada", "110001", "present"), ("Emmy", "110002", "absent"), ("Sofia", "110003", "present")]
    corrected = [("Ada", "110001", "present"), ("Emmy", "110002", "late")]
    return [
        make.group("Fractions"),
        make.group("Fractions", title="Fractions again"),
        make.place("Fractions", "Ada", "110001"),
        make.place("Fractions", "Emmy", "110002"),
        place,
        ParticipantWithdrawn(
            enrolment_id=place.enrolment_id,
            work_group_id=group,
            teacher_id=place.teacher_id,
            urn=place.urn,
            reason=WithdrawalReason.OTHER,
            withdrawn_on=OCTOBER,
        ),
        WorkGroupConfirmed(work_group_id=group, teachers_n=3, schools_n=3, overridden=True),
        WorkGroupFellBelowMinimum(
            work_group_id=group, teachers_n=2, schools_n=2, teachers_short=8, schools_short=4
        ),
        make.session("Fractions", 1, OCTOBER),
        make.register("Fractions", 1, OCTOBER, marks),
        make.register("Fractions", 1, OCTOBER, corrected),
        make.corrected("Fractions", 1, "Ada", "present", "absent"),
        make.corrected("Fractions", 1, "Ada", "absent", "left_early"),
        make.session("Fractions", 2, date(2025, 11, 5)),
        make.moved("Fractions", 2, date(2025, 11, 12)),
        make.cancelled("Fractions", 2, date(2025, 11, 12)),
        make.pd_day("Conference", OCTOBER, [("Sofia", "110004"), ("Ada", "110001")], "conference"),
        make.pd_day("Conference", OCTOBER, [("Ada", "110001")], "conference"),
    ]


def tasks_and_endings() -> list[Event]:
    return [
        happened.task("Fractions", 1),
        happened.reported("Fractions", 1, "Ada", "tried"),
        happened.reported("Fractions", 1, "Emmy", "reported"),
        happened.reported("Fractions", 1, "Ada", "discussed"),
        happened.reported("Fractions", 1, "Emmy", "tried"),
        make.group("Ratio", lead_ids=[an_id("Ada")]),
        WorkGroupConfirmed(work_group_id=an_id("Ratio"), teachers_n=12, schools_n=6, overridden=False),
        happened.group_cancelled("Ratio"),
        make.group("Algebra", min_teachers=0, min_schools=0),
        make.place("Algebra", "Tess", "110001"),
        make.session("Algebra", 1, OCTOBER),
        make.register("Algebra", 1, OCTOBER, [("Tess", "110001", "left_early")]),
        happened.group_closed("Algebra", 1),
        happened.completed("Algebra", "Tess", "110001"),
    ]


def visits() -> list[Event]:
    return [
        make.assignment("110001"),
        make.assignment("110001", half_terms=["2025-1", "2025-2", "2025-3"]),
        make.assignment("110002", kinds=["visit", "department_pd"]),
        planned("110001", "2025-2", "planned"),
        make.visit("110001", "2025-1"),
        make.visit("110002", "2025-1", late=True),
        make.visit("110002", "2025-2", kind="department_pd"),
        planned("110002", "2025-3", "cancelled"),
        *handed_over("110002"),
        VisitCancelled(visit_id=an_id("cancelled"), urn="110002", reason="snow"),
        recalculated("110001", "2025-1", "2025-2"),
        recalculated("110001", "2025-1", "2025-1"),
        recalculated("110002", "2025-1", None),
        VisitObligationExcused(
            urn="110001", half_term="2025-3", kind=ObligationKind.VISIT, reason=ExemptionReason.OFSTED
        ),
    ]


def recalculated(urn: str, visited_in: str, half_term: str | None) -> VisitRecalculated:
    """Return a visit recalculated into another half term, or out of term."""
    return VisitRecalculated(
        visit_id=make.visit(urn, visited_in).visit_id,
        urn=urn,
        half_term=half_term,
        out_of_term=half_term is None,
        late=False,
    )


def handed_over(urn: str) -> list[Event]:
    after = make.assignment(urn, half_terms=["2025-3"], lead="Next PD lead", programme="intensive")
    return [
        PDLeadUnassigned(
            assignment_id=an_id(f"opportunity_area at {urn}"),
            urn=urn,
            pd_lead_id=an_id("PD lead"),
            programme=SupportProgramme.OPPORTUNITY_AREA,
            ended_on=date(2025, 12, 31),
            reason="workload",
        ),
        replace(after, starts_on=date(2026, 1, 1), follows=an_id(f"opportunity_area at {urn}")),
        VisitReassigned(
            visit_id=an_id("cancelled"),
            urn=urn,
            from_pd_lead_id=an_id("PD lead"),
            to_pd_lead_id=an_id("Next PD lead"),
            assignment_id=after.assignment_id,
            planned_at=make.NOON,
            kind=VisitKind.SUPPORT,
        ),
    ]


def messages() -> list[Event]:
    facts: dict[str, Any] = {"template": "reminder", "recipient_ref": "a-teacher", "dedupe_key": "once"}
    return [
        MessageFailed(message_id=an_id("message"), **facts, reason="mailbox_unavailable", attempts=5),
        MessageSent(message_id=an_id("message"), **facts),
    ]


def planned(urn: str, half_term: str, name: str) -> VisitPlanned:
    return VisitPlanned(
        visit_id=an_id(name),
        assignment_id=an_id(f"opportunity_area at {urn}"),
        urn=urn,
        pd_lead_id=an_id("PD lead"),
        planned_at=make.NOON,
        kind=VisitKind.SUPPORT,
        half_term=half_term,
    )
