"""Lists and counts of messages."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from hub_notifications.domain.messages import STATUSES
from hub_notifications.gateways import People
from hub_notifications.models import Message, Visit
from hub_platform.paging import PageRequest


@dataclass(frozen=True, kw_only=True)
class MessageFilter:
    """The filters of a list of messages; None means any."""

    status: str | None = None
    template: str | None = None
    reason: str | None = None
    concerns: str | None = None  # the thread: work-groups/<id>, pd-days/<id>, visits/<id> or pd-leads/<id>
    recipients: Collection[str] | None = None
    threads: Collection[tuple[str, str]] | None = None  # subject and recipient
    visits_to: Collection[str] = ()  # URNs: adds the messages about visits to them to those of `threads`
    begins: datetime | None = None  # created from this instant on
    ends: datetime | None = None  # created before this instant
    recipient_ref: UUID | None = None  # a teacher's id; includes records that were merged with it
    urn: str | None = None  # a school's: its places, waiting lists, applications, PD days and visits


def find_messages(
    session: Session,
    page: PageRequest,
    people: People,
    wanted: MessageFilter,
) -> tuple[Sequence[Message], str | None]:
    """Return one page of messages, oldest first, and the cursor of the next page.

    Args:
        session: an open transaction.
        page: the requested page.
        people: asks enrolment which records belong to one person, and who has a place for a school.
        wanted: the filters.

    Raises:
        ContactsUnavailable: enrolment did not answer in time.
    """
    if wanted.recipient_ref is not None:
        own = str(wanted.recipient_ref)
        wanted = replace(wanted, recipients={own, *people.records(own)})
    if wanted.urn is not None:
        school = people.of_school(wanted.urn)
        wanted = replace(wanted, threads=school.threads, visits_to=school.urns)
    return page.fetch(session, select(Message).where(*_conditions(wanted)), [Message.id])


def _conditions(wanted: MessageFilter) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (Message.status, wanted.status),
        (Message.template, wanted.template),
        (Message.reason, wanted.reason),
        (Message.concerns, wanted.concerns),
    ):
        if value is not None:
            yield column == value
    if wanted.recipients is not None:
        yield Message.recipient_ref.in_(wanted.recipients)
    if wanted.threads is not None:
        visits = select(literal("visits/") + cast(Visit.visit_id, Text)).where(
            Visit.urn.in_(wanted.visits_to)
        )
        yield or_(
            tuple_(Message.concerns, Message.recipient_ref).in_(list(wanted.threads)),
            Message.concerns.in_(visits),
        )
    if wanted.begins is not None:
        yield Message.created_at >= wanted.begins
    if wanted.ends is not None:
        yield Message.created_at < wanted.ends


def count_due(session: Session, *, now: datetime) -> int:
    """Return the number of messages that are due by a hub time or being sent."""
    unsent = or_(Message.status == "sending", (Message.status == "due") & (Message.due_at <= now))
    return session.scalar(select(func.count()).select_from(Message).where(unsent)) or 0


def summary(session: Session) -> dict[str, int]:
    """Return the number of messages in each status."""
    counts = select(Message.status, func.count().label("n")).group_by(Message.status)
    return dict.fromkeys(STATUSES, 0) | {row.status: row.n for row in session.execute(counts)}
