"""The outside world: the visits service, which knows the assignments of PD leads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID


class AssignmentsUnknown(Exception):
    """Visits did not answer in time, or not in the agreed form."""


@dataclass(frozen=True, kw_only=True)
class StillAssigned:
    """An assignment that a person has after their last day as a PD lead."""

    assignment_id: UUID
    urn: str
    programme: str
    ends_on: date  # its last day
    planned_visits_n: int  # visits of it that are planned for later than the person's last day


class Assignments(Protocol):
    """Finds the assignments of PD leads."""

    def after(self, pd_lead_ids: Collection[UUID], last_day: date) -> Sequence[StillAssigned]:
        """Look up the assignments of one person that hold after a day; `pd_lead_ids` are all their records.

        Raises:
            AssignmentsUnknown: visits did not answer in time, or not in the agreed form.
        """
