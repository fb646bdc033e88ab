"""Threads: the messages to one person about one subject; at most one e-mail is due in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub_notifications.domain import notified
from hub_notifications.domain.hand_overs import LedSchools, hand_over_notice
from hub_notifications.domain.notices import unannounced_items, work_group_notice
from hub_notifications.domain.notified import Facts, Notice
from hub_notifications.domain.participations import Participation
from hub_notifications.domain.pd_days import PDDay, pd_day_notice
from hub_notifications.domain.visits import Visit, visit_notice

Subject = Participation | PDDay | Visit | LedSchools


@dataclass(frozen=True, order=True)
class Thread:
    """One person and one subject: a Work Group, a PD day, a visit, or the schools led by a PD lead."""

    concerns: str  # work-groups/<id>, pd-days/<id>, visits/<id> or pd-leads/<id>
    teacher_id: UUID

    @property
    def subject_id(self) -> UUID:
        """The id in `concerns`: of the Work Group, PD day, visit or PD lead."""
        return UUID(self.concerns.partition("/")[2])

    def is_about(self, noun: str) -> bool:
        """Return whether the subject is of a noun: work-groups, pd-days, visits or pd-leads."""
        return self.concerns.partition("/")[0] == noun


def group_thread(work_group_id: UUID, teacher_id: UUID) -> Thread:
    """Return the thread of a Work Group and a participant, waiting teacher or applicant."""
    return Thread(f"work-groups/{work_group_id}", teacher_id)


def pd_day_thread(pd_day_id: UUID, teacher_id: UUID) -> Thread:
    """Return the thread of a PD day and a registered teacher."""
    return Thread(f"pd-days/{pd_day_id}", teacher_id)


def visit_thread(visit_id: UUID, pd_lead_id: UUID) -> Thread:
    """Return the thread of a visit and one PD lead."""
    return Thread(f"visits/{visit_id}", pd_lead_id)


def pd_lead_thread(pd_lead_id: UUID) -> Thread:
    """Return the thread of a PD lead and the schools that are handed over to or from them."""
    return Thread(f"pd-leads/{pd_lead_id}", pd_lead_id)


def notice_for(subject: Subject, items: Mapping[str, Facts], *, now: datetime) -> Notice | None:
    """Return the notice that is due, given the items notified so far; None: nothing is due."""
    match subject:
        case Participation():
            return work_group_notice(subject, notified.read(items), now=now)
        case PDDay():
            return pd_day_notice(subject, items.get("pd_day"), now=now)
        case Visit():
            return visit_notice(subject, items.get("visit"), now=now)
        case LedSchools():
            return hand_over_notice(subject, items, now=now)


def items_without_e_mail(subject: Subject, items: Mapping[str, Facts], *, now: datetime) -> dict[str, Facts]:
    """Return the items to record as notified without an e-mail; only calendar entries are sent for them."""
    if isinstance(subject, Participation):
        return unannounced_items(subject, notified.read(items), now=now)
    return {}
