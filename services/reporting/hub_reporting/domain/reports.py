"""What a report is: a figure with its n of N, the rows behind it, and what it counts, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from hub_reporting.domain.measures import Check, Ratio
from hub_reporting.domain.periods import Period
from hub_reporting.domain.refusals import Unknown
from hub_reporting.domain.scopes import Scope

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One report of the catalogue."""

    name: str
    title: str
    counts: str  # what n and N are, and what is left out
    columns: tuple[str, ...]  # of its rows
    scope: str = "connected"  # when none is asked for


@dataclass(frozen=True, kw_only=True)
class Report:
    """An answered report. `of` is absent where the figure is a number and no share of anything."""

    definition: Definition
    period: Period
    scope: Scope
    scope_name: str
    n: int
    of: int | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Row] = ()
    checks: Sequence[Check] = ()

    @property
    def rate(self) -> float | None:
        """Per cent, one decimal, rounded down."""
        return None if self.of is None else Ratio(self.n, self.of).rate

    def table(self) -> list[list[Any]]:
        """The rows as a table with a header; each row says which period and scope it is of."""
        context: list[date | str] = [
            self.period.starts_on,
            self.period.ends_on,
            self.period.as_at,
            self.scope.code,
        ]
        header = [*self.definition.columns, "from", "to", "as_at", "scope"]
        return [header, *([row[name] for name in self.definition.columns] + context for row in self.rows)]


DISTINCT: Final = (
    "A school that closed and was carried on by another, or merged, is counted once, under the"
    " number that is open on the day."
)

DEFINITIONS: Final = (
    Definition(
        name="connected-schools",
        title="Connected schools",
        counts=(
            "Counted (n): distinct schools that were connected to the hub by the day of the report"
            " and are open on it (GIAS status open, or open but proposed to close). Out of (N): all"
            " open schools of the register in the scope; for the scope connected, all that the hub"
            f" knows. {DISTINCT}"
        ),
        columns=(
            "urn",
            "name",
            "phase",
            "la_code",
            "la_name",
            "district",
            "trust_uid",
            "trust_name",
            "connected_on",
            "via",
        ),
    ),
    Definition(
        name="engagement",
        title="Schools engaged",
        counts=(
            "Out of (N): state-funded schools in the scope that are open on the day of the report."
            " Counted (n): those of them that were seen at least once in the period, by a mark present"
            " or late in a work group's register, by a logged visit, by professional development of"
            " a whole department, or at a PD day or conference. Three levels stand side by side."
            " Signed up: a place on a work group of the year, even if given up later, or a PD lead."
            " Attended: the n above. Completed: attended, and somebody completed a work group whose"
            " sessions have all been held. In a group that the hub has closed that is who the hub says has"
            " completed it; in a group that it has not closed, who stayed to the last session and came to"
            f" three quarters of them. {DISTINCT}"
        ),
        columns=(
            "urn",
            "name",
            "phase",
            "la_code",
            "la_name",
            "district",
            "trust_uid",
            "signed_up_on",
            "attended_on",
            "completed_on",
            "attendances",
            "visits",
            "department_pds",
            "pd_days",
            "conferences",
        ),
        scope="hub",
    ),
    Definition(
        name="work-group-composition",
        title="Work groups within the rule",
        counts=(
            "Out of (N): work groups of the academic years that the period touches. Counted (n):"
            " those that have, on the day of the report, as many teachers and distinct schools as"
            " their programme asks for: 10 to 20 teachers from at least six schools, unless it says"
            " otherwise. A teacher who withdrew counts until the day before. In a scope narrower than"
            " the hub, groups with at least one teacher from it, counted whole. A group that was cancelled"
            " by that day is listed, and counted as cancelled only; one that was closed is finished. Any"
            f" other state is the latest known. {DISTINCT}"
        ),
        columns=(
            "work_group_id",
            "title",
            "ncp_code",
            "academic_year",
            "strand",
            "state",
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
    ),
    Definition(
        name="attendance",
        title="Attendance at sessions",
        counts=(
            "Out of (N): marks in the registers of work groups' sessions held in the period, one for each"
            " participant who held a place that day. Counted (n): those that say present or late; who left"
            " early is not counted. Commitment counts besides them apologies that came at least seven days"
            " before the session. A mark put right counts as it was put right. In a scope, marks of"
            f" participants from its schools. {DISTINCT}"
        ),
        columns=(
            "work_group_id",
            "title",
            "urn",
            "name",
            "marks_n",
            "attended_n",
            "attendance_percent",
            "committed_n",
            "commitment_percent",
        ),
    ),
    Definition(
        name="task-completion",
        title="Classroom tasks reported on",
        counts=(
            "Out of (N): classroom tasks that were due, once for each participant. A task is due when the"
            " session that discusses it has been held, in the period, from those who held a place that"
            " day. Counted (n): those that the participant has by now reported on, or talked over in a"
            f" session. In a scope, tasks of participants from its schools. {DISTINCT}"
        ),
        columns=(
            "work_group_id",
            "title",
            "urn",
            "name",
            "due_n",
            "reported_n",
            "reported_percent",
        ),
    ),
    Definition(
        name="leadership-spread",
        title="Leadership",
        counts=(
            "Counted (n): people who hold a role in the main leadership team on the day of the"
            " report; with them their distinct home schools, and the distinct academy trusts of those"
            " schools. Maintained schools are listed apart and never counted as a trust. A school's"
            f" trust is the register's latest. {DISTINCT}"
        ),
        columns=("teacher_id", "roles", "urn", "name", "phase", "trust_uid", "trust_name"),
    ),
    Definition(
        name="work-group-lead-schools",
        title="Schools that lead work groups",
        counts=(
            "Counted (n): distinct home schools of the people who lead a work group of the academic"
            " years that the period touches, other than one cancelled by the day of the report."
            f" {DISTINCT}"
        ),
        columns=("urn", "name", "phase", "la_code", "leads_n", "groups_n"),
    ),
    Definition(
        name="intensive-support-coverage",
        title="Schools with a PD lead",
        counts=(
            "Out of (N): schools that were given a PD lead for the academic year of the day of the"
            " report, by then. Counted (n): those whose PD lead still is one; the others are listed as"
            f" not led. By phase, an all-through school is counted as all-through. {DISTINCT}"
        ),
        columns=("urn", "name", "phase", "la_code", "programme", "pd_lead_id", "assigned_on", "led"),
    ),
    Definition(
        name="visit-compliance",
        title="Visits owed and made",
        counts=(
            "Out of (N): what supported schools were owed in the half terms that had ended by the day"
            " of the report, one visit each and, where agreed, one meeting of the whole department,"
            " without what they were excused from. Counted (n): those that took place. A visit counts"
            " even where the school had been excused; late means written up late; a visit out of term"
            f" counts for no half term. The half term that goes on is shown by itself. {DISTINCT}"
        ),
        columns=("urn", "name", "phase", "half_term", "kind", "starts_on", "ends_on", "status", "met_on"),
    ),
)

BY_NAME: Final = {definition.name: definition for definition in DEFINITIONS}


def find_definition(name: str) -> Definition:
    """A report of the catalogue.

    Raises:
        Unknown: `unknown_report`.
    """
    if name not in BY_NAME:
        raise Unknown("unknown_report", f"The reports are {', '.join(sorted(BY_NAME))}.")
    return BY_NAME[name]
