"""Teachers, their school memberships and leadership roles."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub_enrolment.domain.memberships import Membership
from hub_enrolment.domain.names import name_key, search_keys
from hub_enrolment.domain.schools import SchoolState
from hub_enrolment.domain.teachers import Appointment
from hub_enrolment.models import LeaderRole, MembershipCorrection, School, SchoolMembership, Teacher
from hub_enrolment.store.schools import STATE
from hub_kernel.england import day_in_england

# Built once: building a statement costs more than sending it.
_SCHOOL = (
    select(*STATE)
    .select_from(Teacher)
    .join(SchoolMembership, SchoolMembership.teacher_id == Teacher.id)
    .join(School, School.urn == SchoolMembership.urn)
    .where(
        Teacher.id == bindparam("teacher_id"),
        Teacher.merged_into.is_(None),
        Teacher.anonymised_on.is_(None),
        SchoolMembership.ends_on.is_(None),
    )
    .order_by(SchoolMembership.starts_on.desc(), SchoolMembership.id.desc())
    .limit(1)
)
_SCHOOL_HELD = _SCHOOL.with_for_update(of=Teacher, key_share=True, read=True)
_SCHOOL_LOCKED = _SCHOOL.with_for_update(of=Teacher, key_share=True)
_AT_SCHOOL = _SCHOOL_HELD.where(SchoolMembership.urn == bindparam("urn"))


@dataclass(frozen=True)
class Employed:
    """A teacher with their present membership, of several the latest."""

    teacher: Teacher
    membership: SchoolMembership


def find_teacher(session: Session, teacher_id: UUID) -> Employed | None:
    """Return a teacher, for a merged record the one it was merged into; None when unknown."""
    left = select(func.coalesce(Teacher.merged_into, Teacher.id)).where(Teacher.id == teacher_id)
    row = session.execute(
        select(Teacher, SchoolMembership)
        .join(SchoolMembership, SchoolMembership.teacher_id == Teacher.id)
        .where(Teacher.id == left.scalar_subquery(), SchoolMembership.ends_on.is_(None))
        .order_by(SchoolMembership.starts_on.desc(), SchoolMembership.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Employed(*row)


def lock_teacher(session: Session, teacher_id: UUID, *, whole: bool = False) -> Teacher | None:
    """Lock and return a teacher, read again; `whole`: also against new rows that refer to them."""
    lock = {"key_share": not whole}
    return session.get(Teacher, teacher_id, populate_existing=True, with_for_update=lock)


def hold(session: Session, teacher_ids: Iterable[UUID]) -> dict[UUID, bool]:
    """Lock people against merging and erasing until the transaction ends; False for anonymised ones.

    Every handler that stores a teacher's id locks the teacher first: a concurrent merger would leave the row
    with the merged record. Unknown and merged records are left out.
    """
    rows = session.execute(
        select(Teacher.id, Teacher.anonymised_on.is_(None))
        .where(Teacher.id.in_(list(teacher_ids)), Teacher.merged_into.is_(None))
        .order_by(Teacher.id)
        .with_for_update(read=True, key_share=True)
    )
    return dict(rows.all())


def list_teachers(
    *, q: str | None = None, urns: Collection[str] | None = None, address_confirmed: bool | None = None
) -> Select[Teacher]:
    """Select teachers by words of name or address, by school, or by whether the address is confirmed.

    `urns`: those of one school. Merged and anonymised records are left out.
    """
    here = [SchoolMembership.teacher_id == Teacher.id, SchoolMembership.ends_on.is_(None)]
    if urns is not None:
        here.append(SchoolMembership.urn.in_(urns))
    statement = select(Teacher).where(exists().where(*here), Teacher.anonymised_on.is_(None))
    if address_confirmed is not None:
        statement = statement.where(Teacher.email_unconfirmed_since.is_(None) == address_confirmed)
    if q is None:
        return statement
    called = and_(*(_called(word) for word in search_keys(q)))
    orders = (Teacher.name_key, Teacher.family_key + Teacher.given_key)  # 김민지 is typed family name first
    whole = or_(*(order.contains(name_key(q), autoescape=True) for order in orders))
    return statement.where(or_(called, whole, Teacher.email.contains(q.strip().lower(), autoescape=True)))


def _called(word: str) -> ColumnElement[bool]:
    """Return the condition that a word is part of the given, the family or a former name."""
    former = func.array_to_string(Teacher.former_name_keys, " ")
    return or_(
        *(name.contains(word, autoescape=True) for name in (Teacher.given_key, Teacher.family_key, former))
    )


def with_schools(session: Session, teachers: Sequence[Teacher]) -> list[Employed]:
    """Add the present membership to teachers, of several the latest, in one statement."""
    rows = session.scalars(
        select(SchoolMembership)
        .where(
            SchoolMembership.teacher_id.in_([teacher.id for teacher in teachers]),
            SchoolMembership.ends_on.is_(None),
        )
        .order_by(SchoolMembership.starts_on, SchoolMembership.id)
    )
    last = {membership.teacher_id: membership for membership in rows}
    return [Employed(teacher, last[teacher.id]) for teacher in teachers]


def memberships(session: Session, teacher_id: UUID) -> list[Membership]:
    """Return all memberships of a person, ended ones included."""
    rows = session.execute(
        select(SchoolMembership, Teacher.created_at)
        .join(Teacher, Teacher.id == SchoolMembership.teacher_id)
        .where(SchoolMembership.teacher_id == teacher_id)
    )
    return [
        Membership(
            id=row.id,
            urn=row.urn,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            role=row.role,
            noted_on=day_in_england(row.created_at) if row.created_at == registered_at else None,
        )
        for row, registered_at in rows
    ]


def list_memberships(teacher_id: UUID) -> Select[SchoolMembership]:
    """Select the memberships of a person."""
    return select(SchoolMembership).where(SchoolMembership.teacher_id == teacher_id)


def list_corrections(membership_id: UUID) -> Select[MembershipCorrection]:
    """Select the corrections of one membership."""
    return select(MembershipCorrection).where(MembershipCorrection.membership_id == membership_id)


def give_trn(session: Session, teacher_id: UUID, trn: str) -> bool:
    """Store a person's TRN; return False when another record, also an uncommitted one, has it."""
    try:
        with session.begin_nested():
            session.execute(update(Teacher).where(Teacher.id == teacher_id).values(trn=trn, trnless=False))
    except IntegrityError:
        return False
    return True


def present_school(session: Session, teacher_id: UUID, urn: str) -> SchoolState | None:
    """Return one of a teacher's present schools, None if it is none; the teacher is locked, see `hold`."""
    row = session.execute(_AT_SCHOOL, {"teacher_id": teacher_id, "urn": urn}).one_or_none()
    return None if row is None else SchoolState(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def school_of(session: Session, teacher_id: UUID, *, lock: bool = False) -> SchoolState | None:
    """Return a teacher's present school; None for an unknown, merged or anonymised record.

    The teacher is locked, see `hold`; with `lock` also against other decisions about them.
    """
    row = session.execute(_SCHOOL_LOCKED if lock else _SCHOOL_HELD, {"teacher_id": teacher_id}).one_or_none()
    return None if row is None else SchoolState(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def appointments(session: Session, teacher_ids: Iterable[UUID]) -> dict[UUID, list[Appointment]]:
    """Return the leadership roles of each of these people; those without any are left out."""
    columns = (LeaderRole.teacher_id, LeaderRole.role, LeaderRole.starts_on, LeaderRole.ends_on)
    rows = session.execute(select(*columns).where(LeaderRole.teacher_id.in_(list(teacher_ids))))
    held: defaultdict[UUID, list[Appointment]] = defaultdict(list)
    for teacher_id, role, starts_on, ends_on in rows:
        held[teacher_id].append(Appointment(role=role, starts_on=starts_on, ends_on=ends_on))
    return dict(held)


def record_ids(session: Session, teacher_id: UUID) -> list[UUID]:
    """Return the ids of every record of one person: the one that remains and those merged into it."""
    remaining = select(func.coalesce(Teacher.merged_into, Teacher.id)).where(Teacher.id == teacher_id)
    statement = select(Teacher.id).where(
        or_(Teacher.id == remaining.scalar_subquery(), Teacher.merged_into == remaining.scalar_subquery())
    )
    return list(session.scalars(statement.order_by(Teacher.id)))


def refs_of(session: Session, teacher_id: UUID) -> set[str]:
    """Return the ids of a teacher's record and of those merged into it, as text."""
    merged = session.scalars(select(Teacher.id).where(Teacher.merged_into == teacher_id))
    return {str(teacher_id), *map(str, merged)}


def names(session: Session, teacher_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return the given and family name of each teacher, by id."""
    columns = (Teacher.id, Teacher.given, Teacher.family)
    rows = session.execute(select(*columns).where(Teacher.id.in_(teacher_ids)))
    return {teacher_id: (given, family) for teacher_id, given, family in rows}
