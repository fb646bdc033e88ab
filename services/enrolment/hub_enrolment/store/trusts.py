"""Trusts, and the memberships of schools in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ARRAY, Select, Text, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from hub_enrolment.domain import trusts
from hub_enrolment.domain.gias_establishments import Establishment
from hub_enrolment.domain.gias_groups import UID, Group
from hub_enrolment.domain.trusts import Membership
from hub_enrolment.models import School, Trust, TrustMembership
from hub_enrolment.store.inserts import chunks, insert_rows
from hub_platform.database import made
from hub_platform.ids import new_id

OF_GROUPS = ("name", "companies_house", "group_type", "status", "closed_on")


def find_trust(session: Session, uid: str) -> Trust | None:
    """Return one trust; None when it is unknown or the text is no group UID."""
    return None if not UID.fullmatch(uid) else session.scalar(select(Trust).where(Trust.uid == uid))


def list_trusts(*, status: str | None = None) -> Select[Trust]:
    """Select trusts, optionally of one status."""
    statement = select(Trust)
    return statement if status is None else statement.where(Trust.status == status)


def schools_of(session: Session, uid: str) -> Sequence[School]:
    """Return the present schools of a trust, in the order of their URNs."""
    return session.scalars(select(School).where(School.trust_uid == uid).order_by(School.urn)).all()


def list_memberships(urn: str) -> Select[TrustMembership]:
    """Select the trust memberships of a school."""
    return select(TrustMembership).where(TrustMembership.urn == urn)


def names(session: Session, uids: Iterable[str]) -> dict[str, str]:
    """Return the names of trusts by UID."""
    return dict(session.execute(select(Trust.uid, Trust.name).where(Trust.uid.in_(set(uids)))).all())


def memberships(session: Session, urns: Iterable[str]) -> dict[str, list[TrustMembership]]:
    """Return the trust memberships of each school, the oldest first; schools without any are left out."""
    found: dict[str, list[TrustMembership]] = {}
    for part in chunks(urns):
        statement = select(TrustMembership).where(TrustMembership.urn == func.any(cast(part, ARRAY(Text))))
        for row in session.scalars(statement.order_by(TrustMembership.urn, TrustMembership.starts_on)):
            found.setdefault(row.urn, []).append(row)
    return found


def present_since(session: Session, urns: Iterable[str]) -> dict[str, date | None]:
    """Return since when each school has belonged to its trust, or to none after an earlier one."""
    found: dict[str, date | None] = {}
    for part in chunks(urns):
        latest = session.execute(
            select(
                TrustMembership.urn,
                TrustMembership.trust_uid,
                TrustMembership.starts_on,
                TrustMembership.ends_on,
            )
            .where(TrustMembership.urn == func.any(cast(part, ARRAY(Text))))
            .ext(distinct_on(TrustMembership.urn))
            .order_by(TrustMembership.urn, TrustMembership.starts_on.desc())
        )
        for urn, trust_uid, starts_on, ends_on in latest:
            held = Membership(trust_uid=trust_uid, starts_on=starts_on, ends_on=ends_on)
            found[urn] = trusts.present_since([held])
    return found


def companies(session: Session) -> dict[str, str]:
    """Return the Companies House number of each trust that has one, by UID."""
    rows = session.execute(select(Trust.uid, Trust.companies_house).where(Trust.companies_house.is_not(None)))
    return {uid: str(number) for uid, number in rows}


def urns_of(session: Session, uids: Iterable[str]) -> dict[str, str]:
    """Return the trust of each present school of these trusts, by URN."""
    statement = select(School.urn, School.trust_uid).where(
        School.trust_uid == func.any(cast(sorted(uids), ARRAY(Text)))
    )
    return {urn: str(uid) for urn, uid in session.execute(statement.order_by(School.urn))}


def begin_memberships(
    session: Session, schools: Iterable[tuple[str, Membership]], *, now: datetime, by: str
) -> None:
    """Insert memberships; no school has one of the same days."""
    track = made(now, by)
    for part in chunks(schools):
        rows = [{"id": new_id(), "urn": urn} | vars(membership) | track for urn, membership in part]
        session.execute(insert_rows(TrustMembership, rows))


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """The stored memberships of a school, and those that replace them, the oldest first."""

    urn: str
    held: Sequence[TrustMembership]
    wanted: Sequence[Membership]


def replace_memberships(session: Session, replacement: Replacement, *, now: datetime, by: str) -> None:
    """Replace a school's memberships; rows that stay the same are not written."""
    held, wanted = replacement.held, replacement.wanted
    for row, membership in zip(held, wanted, strict=False):
        if as_membership(row) != membership:
            row.trust_uid = membership.trust_uid
            row.starts_on, row.ends_on = membership.starts_on, membership.ends_on
            row.touch(now=now, by=by)
    for row in held[len(wanted) :]:
        session.delete(row)
    session.flush()  # the last one has ended before another one begins
    begin_memberships(session, ((replacement.urn, one) for one in wanted[len(held) :]), now=now, by=by)


def as_membership(row: TrustMembership) -> Membership:
    """Return a row as the domain's membership."""
    return Membership(trust_uid=row.trust_uid, starts_on=row.starts_on, ends_on=row.ends_on)


def save_trusts(session: Session, schools: Iterable[Establishment], *, now: datetime, by: str) -> None:
    """Insert or update the trusts of these schools; names from the groups file stay."""
    named = {s.trust_uid: s.trust_name or s.trust_uid for s in schools if s.trust_uid is not None}
    if not named:
        return
    track = made(now, by)
    statement = insert_rows(Trust, [{"uid": uid, "name": named[uid]} | track for uid in sorted(named)])
    changed = {name: statement.excluded[name] for name in ("name", "changed_at", "changed_by")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["uid"],
            set_=changed | {"revision": Trust.revision + 1},
            where=(Trust.name != statement.excluded.name) & Trust.group_type.is_(None),
        )
    )


def known_groups(session: Session) -> dict[str, Group | None]:
    """Return the stored facts of each trust from the groups file; None for one known from schools only."""
    columns = (Trust.uid, *(getattr(Trust, name) for name in OF_GROUPS))
    rows = (row._mapping for row in session.execute(select(*columns)))  # noqa: SLF001 - SQLAlchemy's public name
    return {row["uid"]: Group(**row) if row["group_type"] else None for row in rows}


def save_groups(session: Session, groups: Iterable[Group], *, now: datetime, by: str) -> None:
    """Insert or update trusts from the groups file."""
    track = made(now, by)
    for part in chunks(groups):
        statement = insert_rows(Trust, [vars(group) | track for group in part])
        values = {name: statement.excluded[name] for name in (*OF_GROUPS, "changed_at", "changed_by")}
        differs = or_(*(getattr(Trust, n).is_distinct_from(statement.excluded[n]) for n in OF_GROUPS))
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["uid"], set_=values | {"revision": Trust.revision + 1}, where=differs
            )
        )


def urns_known(session: Session, urns: Iterable[str]) -> Mapping[str, str | None]:
    """Return the trust of each known school among these, by URN."""
    known: dict[str, str | None] = {}
    for part in chunks(urns):
        statement = select(School.urn, School.trust_uid).where(
            School.urn == func.any(cast(part, ARRAY(Text)))
        )
        known |= dict(session.execute(statement).all())
    return known
