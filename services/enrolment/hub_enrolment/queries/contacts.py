"""The names and e-mail addresses of people: notifications asks by RPC at the moment it sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from hub_enrolment.models import Teacher


@dataclass(frozen=True)
class Contact:
    """A person's name and address; of a merged record those of the record that it was merged into."""

    given: str  # the only name of a person who has one; e-mails greet by it
    family: str
    email: str
    confirmed: bool  # False: nothing may be sent; the address may be the mailbox of a school that they left


def contacts(session: Session, teacher_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Return the contact of each teacher by id; unknown and anonymised ones are left out."""
    remaining = aliased(Teacher)
    confirmed = remaining.email_unconfirmed_since.is_(None)
    rows = session.execute(
        select(Teacher.id, remaining.given, remaining.family, remaining.email, confirmed)
        .join(remaining, remaining.id == func.coalesce(Teacher.merged_into, Teacher.id))
        .where(Teacher.id.in_(teacher_ids), remaining.anonymised_on.is_(None))
    )
    return {
        teacher_id: Contact(given or family, family if given else "", email, confirmed)
        for teacher_id, given, family, email, confirmed in rows
    }
