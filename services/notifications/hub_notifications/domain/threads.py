"""Threads: what one person is told about one subject, in at most one due e-mail at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub_notifications.domain import told
from hub_notifications.domain.hand_overs import Support, hand_over_news
from hub_notifications.domain.news import news, without_words
from hub_notifications.domain.pd_days import PDDay, pd_day_news
from hub_notifications.domain.standing import Standing
from hub_notifications.domain.told import Facts, News
from hub_notifications.domain.visits import Visit, visit_news

Subject = Standing | PDDay | Visit | Support


@dataclass(frozen=True, order=True)
class Thread:
    """One person and a Work Group, a PD day, a visit, or the schools that they lead."""

    concerns: str  # work-groups/<id>, pd-days/<id>, visits/<id> or pd-leads/<id>
    teacher_id: UUID

    @property
    def subject_id(self) -> UUID:
        """The id of the Work Group, PD day, visit or PD lead."""
        return UUID(self.concerns.partition("/")[2])

    def is_about(self, noun: str) -> bool:
        """Whether it is about a work-groups, pd-days, visits or pd-leads subject."""
        return self.concerns.partition("/")[0] == noun


def group_thread(work_group_id: UUID, teacher_id: UUID) -> Thread:
    """A Work Group and a person who takes part, waits for a place or is named in an application."""
    return Thread(f"work-groups/{work_group_id}", teacher_id)


def pd_day_thread(pd_day_id: UUID, teacher_id: UUID) -> Thread:
    """A PD day and a teacher who has registered."""
    return Thread(f"pd-days/{pd_day_id}", teacher_id)


def visit_thread(visit_id: UUID, pd_lead_id: UUID) -> Thread:
    """A visit and its PD lead."""
    return Thread(f"visits/{visit_id}", pd_lead_id)


def pd_lead_thread(pd_lead_id: UUID) -> Thread:
    """A PD lead and the schools that they take over or give up."""
    return Thread(f"pd-leads/{pd_lead_id}", pd_lead_id)


def news_of(subject: Subject, items: Mapping[str, Facts], *, now: datetime) -> News | None:
    """What the person must be told, given the stored items that they have been told; None: nothing."""
    match subject:
        case Standing():
            return news(subject, told.read(items), now=now)
        case PDDay():
            return pd_day_news(subject, items.get("pd_day"), now=now)
        case Visit():
            return visit_news(subject, items.get("visit"), now=now)
        case Support():
            return hand_over_news(subject, items, now=now)


def untold_in_words(subject: Subject, items: Mapping[str, Facts], *, now: datetime) -> dict[str, Facts]:
    """Items that count as told without an e-mail; the calendar follows them."""
    if isinstance(subject, Standing):
        return without_words(subject, told.read(items), now=now)
    return {}
