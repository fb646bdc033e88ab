"""The catalogue of reports, each with its definition in words."""

from typing import Final

from hub_kernel.refusals import Unknown
from hub_reporting.domain.reports import Definition

_DISTINCT: Final = (
    "A school that closed and has a successor, or merged, is counted once, under its URN that is open"
    " on the day."
)
_SCHOOL: Final = ("urn", "name", "phase", "la_code")
_PLACE: Final = (*_SCHOOL, "la_name", "district", "trust_uid", "trust_name")
_GROUP_AND_SCHOOL: Final = ("work_group_id", "title", "urn", "name")

DEFINITIONS: Final = (
    Definition(
        name="connected-schools",
        title="Connected schools",
        counts=(
            "Counted (n): distinct schools that were connected to the hub by the day of the report"
            " and are open on it (GIAS status open, or open but proposed to close). Out of (N): all"
            " open schools of the register in the scope; for the scope connected, all open schools"
            f" known to the hub. {_DISTINCT}"
        ),
        columns=(*_PLACE, "connected_on", "via"),
        filters=("urn",),
    ),
    Definition(
        name="engagement",
        title="Schools engaged",
        counts=(
            "Out of (N): state-funded schools in the scope that are open on the day of the report."
            " Counted (n): those of them that attended at least once in the period: a mark present"
            " or late in a Work Group's register, a logged visit, professional development of"
            " a whole department, a PD day or a conference. There are three levels."
            " Signed up: a place on a Work Group of the year, even if withdrawn later, or a PD lead."
            " Attended: the n above. Completed: attended, and a participant completed a Work Group whose"
            " sessions have all been held. In a group that the hub has closed, these are the participants"
            " recorded as completed; in a group that it has not closed, those who held their place at the"
            f" last session and attended three quarters of the sessions. {_DISTINCT}"
        ),
        columns=(
            *_PLACE,
            "level",
            "signed_up_on",
            "attended_on",
            "completed_on",
            "attendances",
            "visits",
            "department_pds",
            "pd_days",
            "conferences",
        ),
        filters=("urn", "level"),
        scope="hub",
    ),
    Definition(
        name="work-group-composition",
        title="Work Groups within the rule",
        counts=(
            "Out of (N): Work Groups of the academic years that the period touches that had been confirmed"
            " or had met by the day of the report. A group that is still recruiting is listed and counted as"
            " recruiting only; it is not compared with the rule. Counted (n):"
            " those that have, on the day of the report, as many teachers and distinct schools as"
            " their programme asks for: 10 to 20 teachers from at least six schools, unless it says"
            " otherwise. A teacher who withdrew counts until the day before. In a scope narrower than"
            " the hub, groups on which a teacher from it was given a place by that day, with all their"
            " teachers. A group that was cancelled by that day is listed and counted as cancelled only;"
            f" a closed group counts as finished. {_DISTINCT}"
        ),
        columns=(
            "work_group_id",
            "title",
            "ncp_code",
            "academic_year",
            "strand",
            "state",
            "verdict",
            "teachers_n",
            "schools_n",
            "min_teachers",
            "max_teachers",
            "min_schools",
            "in_range",
            "teachers_short",
            "teachers_over",
            "schools_short",
            "sessions_n",
            "held_n",
            "attendance_percent",
        ),
        filters=("work_group_id", "state", "verdict"),
    ),
    Definition(
        name="attendance",
        title="Attendance at sessions",
        counts=(
            "Out of (N): marks in the registers of Work Groups' sessions held in the period, one for each"
            " participant who held a place that day. Counted (n): marks present or late; left early"
            " is not counted. Commitment adds apologies received at least seven days"
            " before the session. A corrected mark counts as corrected. In a scope, marks of"
            f" participants from its schools. {_DISTINCT}"
        ),
        columns=(
            *_GROUP_AND_SCHOOL,
            "marks_n",
            "attended_n",
            "attendance_percent",
            "committed_n",
            "commitment_percent",
        ),
        filters=("work_group_id", "urn"),
    ),
    Definition(
        name="task-completion",
        title="Classroom tasks reported on",
        counts=(
            "Out of (N): classroom tasks that were due, once for each participant. A task is due when the"
            " session that discusses it has been held, in the period, from those who held a place that"
            " day. Counted (n): those that the participant has reported on or discussed in a"
            f" session by now. In a scope, tasks of participants from its schools. {_DISTINCT}"
        ),
        columns=(*_GROUP_AND_SCHOOL, "due_n", "reported_n", "reported_percent"),
        filters=("work_group_id", "urn"),
    ),
    Definition(
        name="leadership-spread",
        title="Leadership",
        counts=(
            "Counted (n): people who hold a role in the main leadership team on the day of the"
            " report; with them their distinct home schools, and the distinct academy trusts of those"
            " schools. Maintained schools are listed separately and never counted as a trust. In a scope,"
            f" people whose home school is in it. {_DISTINCT}"
        ),
        columns=("teacher_id", "roles", "urn", "name", "phase", "trust_uid", "trust_name"),
        filters=("urn",),
    ),
    Definition(
        name="work-group-lead-schools",
        title="Schools that lead Work Groups",
        counts=(
            "Counted (n): distinct home schools of the people who lead a Work Group of the academic"
            " years that the period touches, other than one cancelled by the day of the report."
            " In a scope, home schools that are in it; the number of groups is of those that these schools"
            f" lead. {_DISTINCT}"
        ),
        columns=(*_SCHOOL, "leads_n", "groups_n"),
        filters=("urn",),
    ),
    Definition(
        name="intensive-support-coverage",
        title="Schools with a PD lead",
        counts=(
            "Out of (N): schools that were given a PD lead for the academic year of the day of the"
            " report, by then. Counted (n): those that have a PD lead on that day; the others are listed as"
            f" without a PD lead. By phase, all-through schools are a phase of their own. {_DISTINCT}"
        ),
        columns=(*_SCHOOL, "programme", "pd_lead_id", "assigned_on", "led"),
        filters=("urn", "led"),
    ),
    Definition(
        name="visit-compliance",
        title="Visits due and held",
        counts=(
            "Out of (N): visits due to supported schools in the half terms that had ended by the day of the"
            " report: one visit to each school and, where agreed, one meeting of the whole department,"
            " without those that a school was excused from. Counted (n): those that took place. A visit"
            " counts even where the school had been excused or the visit was logged late; a visit out of term"
            f" counts for no half term. The present half term is shown separately. {_DISTINCT}"
        ),
        columns=(
            "urn",
            "name",
            "phase",
            "half_term",
            "kind",
            "starts_on",
            "ends_on",
            "status",
            "met_on",
        ),
        filters=("urn", "half_term", "kind", "status"),
    ),
    Definition(
        name="data-quality",
        title="Records that need attention",
        counts=(
            "Counted (n): sessions scheduled before the day of the report that have no register;"
            " schools that closed without a successor and whose teachers still hold places on Work Groups;"
            " and, for the whole hub only, messages that could not be sent and events that could not be"
            " counted, in any period. In a scope, registers of groups on which a teacher from"
            " it was given a place, and closed schools in it."
        ),
        columns=("problem", "urn", "name", "work_group_id", "title", "on", "detail"),
        filters=("problem", "urn", "work_group_id"),
    ),
)

BY_NAME: Final = {definition.name: definition for definition in DEFINITIONS}


def find_definition(name: str) -> Definition:
    """Return a report of the catalogue.

    Raises:
        Unknown: `unknown_report`.
    """
    if name not in BY_NAME:
        raise Unknown(
            "unknown_report", f"No report has this name. The reports are {', '.join(sorted(BY_NAME))}."
        )
    return BY_NAME[name]
