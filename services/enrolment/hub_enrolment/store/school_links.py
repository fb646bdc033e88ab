"""Links between schools: reads and writes them in bulk, and marks those in effect."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ARRAY, Text, and_, cast, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from hub_enrolment.domain.gias_links import Succession
from hub_enrolment.domain.gias_reconciliation import Ending, Merging
from hub_enrolment.domain.schools import OPEN_STATUSES
from hub_enrolment.models import School, SchoolLink
from hub_enrolment.store.inserts import insert_rows


def stored(session: Session) -> tuple[dict[tuple[str, str], Succession], dict[str, str]]:
    """Return all stored links, and the principal successor of each school."""
    links: dict[tuple[str, str], Succession] = {}
    principal: dict[str, str] = {}
    columns = (
        SchoolLink.urn,
        SchoolLink.successor_urn,
        SchoolLink.link_type,
        SchoolLink.established_on,
        SchoolLink.principal,
    )
    for urn, successor_urn, link_type, established_on, counts in session.execute(select(*columns)):
        links[urn, successor_urn] = Succession(
            urn=urn, successor_urn=successor_urn, link_type=link_type, established_on=established_on
        )
        if counts:
            principal[urn] = successor_urn
    return links, principal


def demote(session: Session, urns: Sequence[str]) -> None:
    """Unset the principal successor of schools that get another one or none."""
    session.execute(
        update(SchoolLink)
        .where(SchoolLink.urn == func.any(cast(list(urns), ARRAY(Text))), SchoolLink.principal)
        .values(principal=False, announced=False, announced_on=None, merged=False)
    )


def save(
    session: Session,
    links: Iterable[Succession],
    principal: Mapping[str, Succession],
    *,
    now: datetime,
    by: str,
) -> None:
    """Insert or update links."""
    rows = [
        {
            "urn": link.urn,
            "successor_urn": link.successor_urn,
            "link_type": link.link_type,
            "established_on": link.established_on,
            "principal": principal.get(link.urn) == link,
            "announced": False,
            "announced_on": None,
            "followed": False,
            "merged": False,
            "changed_at": now,
            "changed_by": by,
        }
        for link in links
    ]
    if rows:
        statement = insert_rows(SchoolLink, rows)
        names = ("link_type", "established_on", "principal", "changed_at", "changed_by")
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["urn", "successor_urn"],
                set_={name: statement.excluded[name] for name in names},
            )
        )


def refresh_schools(session: Session, *, now: datetime, by: str) -> None:
    """Set the successor of each school from its principal link."""
    successor = (
        select(SchoolLink.successor_urn)
        .where(SchoolLink.urn == School.urn, SchoolLink.principal)
        .scalar_subquery()
    )
    session.execute(
        update(School)
        .where(School.successor_urn.is_distinct_from(successor))
        .values(successor_urn=successor, revision=School.revision + 1, changed_at=now, changed_by=by)
        .execution_options(synchronize_session=False)
    )


def take_effect(session: Session, *, on: date) -> list[Succession]:
    """Mark the successions that take effect as announced on a day, and return them.

    These are successions of closed schools, and of schools outside the hub's files to one in them.
    """
    old_is_here = exists().where(School.urn == SchoolLink.urn)
    old_has_closed = exists().where(School.urn == SchoolLink.urn, School.status == "closed")
    successor_is_here = exists().where(School.urn == SchoolLink.successor_urn)
    rows = session.execute(
        update(SchoolLink)
        .where(
            SchoolLink.principal,
            ~SchoolLink.announced,
            or_(old_has_closed, and_(~old_is_here, successor_is_here)),
        )
        .values(announced=True, announced_on=on)
        .returning(SchoolLink.urn, SchoolLink.successor_urn, SchoolLink.link_type, SchoolLink.established_on)
        .execution_options(synchronize_session=False)
    )
    found = [
        Succession(urn=urn, successor_urn=successor, link_type=kind, established_on=on)
        for urn, successor, kind, on in rows
    ]
    return sorted(found, key=lambda link: link.urn)


def shared(session: Session) -> list[Merging]:
    """Return the closed schools that share an open successor with others, by the successions in effect."""
    old, new = aliased(School), aliased(School)
    effective = (
        select(
            SchoolLink.urn,
            SchoolLink.successor_urn,
            SchoolLink.link_type,
            old.close_date,
            SchoolLink.merged,
            func.count().over(partition_by=SchoolLink.successor_urn).label("olds"),
        )
        .join(old, (old.urn == SchoolLink.urn) & (old.status == "closed"))
        .join(new, (new.urn == SchoolLink.successor_urn) & new.status.in_(OPEN_STATUSES))
        .where(SchoolLink.principal, SchoolLink.announced)
        .subquery()
    )
    rows = session.execute(select(effective).where(effective.c.olds > 1).order_by(effective.c.urn))
    return [
        Merging(
            urn=row.urn,
            successor_urn=row.successor_urn,
            link_type=row.link_type,
            close_date=row.close_date,
            published=row.merged,
        )
        for row in rows
    ]


def endings(session: Session, urns: Iterable[str]) -> list[Ending]:
    """Return the closed schools among these, each with its open successors."""
    asked = func.any(cast(sorted(urns), ARRAY(Text)))
    closed = session.scalars(select(School.urn).where(School.urn == asked, School.status == "closed"))
    found: dict[str, set[str]] = {urn: set() for urn in closed}
    links = (
        select(SchoolLink.urn, SchoolLink.successor_urn)
        .join(School, School.urn == SchoolLink.successor_urn)
        .where(SchoolLink.urn == func.any(cast(sorted(found), ARRAY(Text))), School.status.in_(OPEN_STATUSES))
    )
    for urn, successor_urn in session.execute(links):
        found[urn].add(successor_urn)
    return [Ending(urn, frozenset(opened)) for urn, opened in sorted(found.items())]


def note_merged(session: Session, urns: Sequence[str]) -> None:
    """Mark the mergers of these schools as published."""
    session.execute(
        update(SchoolLink)
        .where(SchoolLink.urn == func.any(cast(list(urns), ARRAY(Text))), SchoolLink.principal)
        .values(merged=True)
        .execution_options(synchronize_session=False)
    )


def known_successors(session: Session, urns: Iterable[str]) -> dict[str, str]:
    """Return the principal successors of these schools by URN, in effect or not."""
    asked = func.any(cast(sorted(urns), ARRAY(Text)))
    statement = select(SchoolLink.urn, SchoolLink.successor_urn)
    return dict(session.execute(statement.where(SchoolLink.urn == asked, SchoolLink.principal)).all())
