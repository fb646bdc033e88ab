"""A hub small enough to compute every figure by hand."""

from dataclasses import replace
from datetime import date

from tests.reporting import factories as make
from tests.reporting import group_work as happened
from tests.reporting.descriptions import hub
from tests.reporting.factories import HALF_TERMS, an_id

from hub_contracts import Event
from hub_contracts.enrolment import ParticipantWithdrawn, SchoolClosed, SchoolSucceeded
from hub_contracts.visits import DepartmentPDHeld, VisitObligationExcused
from hub_contracts.vocabulary import ExemptionReason, ObligationKind, WithdrawalReason


def the_schools() -> list[Event]:
    """Ten numbers: eight schools in Cambridgeshire's register, one of them independent, two in Norfolk."""
    norfolk = {"la_code": "926", "la_name": "Norfolk"}
    trust = {"trust_uid": "17047", "trust_name": "Fen Trust"}
    return [
        make.school("110001", **trust),
        make.school("110002", **trust),
        make.school("110003", phase="secondary"),
        make.school("110004"),
        make.school("110005"),  # closes at new year, its successor is 199999
        make.school("199999", open_date=date(2026, 1, 1), **trust),
        make.school("110006", eligible=False),  # independent
        make.school("110007", status="proposed_to_close"),
        make.school("110008", **norfolk),
        make.school("110009", **norfolk, status="closed", close_date=date(2024, 8, 31)),
        SchoolClosed(urn="110005", close_date=date(2025, 12, 31)),
        SchoolSucceeded(urn="110005", successor_urn="199999", link_type="Successor"),
        make.connected("110001", date(2024, 1, 10)),
        make.connected("110003", date(2025, 9, 20), via="visit"),
        make.connected("110005", date(2025, 10, 1)),
        make.connected("199999", date(2026, 2, 1)),  # connected again under its new number: still one school
        make.connected("110008", date(2025, 11, 1)),
        make.connected("110009", date(2020, 1, 1)),  # closed long ago
    ]


def the_groups() -> list[Event]:
    """Fractions: two sessions held with a task, three teachers of three schools. Algebra: no place yet."""
    place = make.place("Fractions", "Gone", "110004")
    return [
        make.group("Fractions", min_teachers=3, min_schools=3, lead_ids=[an_id("Ada")]),
        make.group("Algebra", lead_ids=[an_id("Ada"), an_id("Emmy")]),
        make.group("Last year", academic_year="2024/25"),
        make.place("Fractions", "Tom", "110001"),
        make.place("Fractions", "Tess", "110003"),
        make.place("Fractions", "Tim", "110005"),
        place,
        make.place("Algebra", "Late", "110008", date(2026, 7, 1)),
        ParticipantWithdrawn(
            enrolment_id=place.enrolment_id, work_group_id=place.work_group_id, teacher_id=place.teacher_id,
            urn=place.urn, reason=WithdrawalReason.WORKLOAD, withdrawn_on=date(2025, 11, 1),
        ),
        make.session("Fractions", 1, date(2025, 10, 8)),
        make.session("Fractions", 2, date(2026, 3, 4)),
        happened.task("Fractions", 2),
        happened.reported("Fractions", 2, "Tom"),
        happened.reported("Fractions", 2, "Tim", "tried"),
        make.register("Fractions", 1, date(2025, 10, 8), [
            ("Tom", "110001", "present"), ("Tess", "110003", "apologies"),
            ("Tim", "110005", "late"), ("Gone", "110004", "absent"),
        ]),
        make.register("Fractions", 2, date(2026, 3, 4), [
            ("Tom", "110001", "present"), ("Tess", "110003", "left_early"), ("Tim", "110005", "absent"),
        ]),
    ]  # fmt: skip


def the_support() -> list[Event]:
    """110001: a visit in each half term of autumn. 110003: department meetings. 110007: no visit."""
    return [
        make.assignment("110001", half_terms=["2025-1", "2025-2"]),
        make.assignment("110003", kinds=["visit", "department_pd"], half_terms=["2025-1"]),
        make.assignment("110007", half_terms=["2025-1", "2025-2"], lead="PD lead who left"),
        make.visit("110001", "2025-1"),
        make.visit("110001", "2025-2", late=True),
        make.visit("110003", "2025-1", kind="department_pd"),
        DepartmentPDHeld(
            visit_id=an_id("visit to 110003 in 2025-1 department_pd"), urn="110003", half_term="2025-1",
            held_on=HALF_TERMS["2025-1"][0].replace(day=5), staff_present=6, department_size=8,
        ),
        replace(make.visit("110007", "2025-1"), out_of_term=True, half_term=None),
        VisitObligationExcused(
            urn="110007", half_term="2025-1", kind=ObligationKind.VISIT, reason=ExemptionReason.OFSTED
        ),
        make.post("PD lead", "110002", "pd_lead"),
        make.post("PD lead who left", "110002", "pd_lead", ends_on=date(2026, 1, 31)),
    ]  # fmt: skip


def the_leaders() -> list[Event]:
    return [
        make.post("Ada", "110001", "hub_lead"),
        make.post("Ada", "110001", "work_group_lead", core_leadership=False),
        make.post("Emmy", "110001", "deputy"),
        make.post("Sofia", "110002", "amhl"),
        make.post("Hypatia", "110003", "amhl"),
        make.post("Mary", "110004", "amhl", ends_on=date(2025, 12, 31)),
    ]


def small_hub() -> list[Event]:
    """Return all events of the hub."""
    return [hub(), *the_schools(), *the_groups(), *the_support(), *the_leaders()]
