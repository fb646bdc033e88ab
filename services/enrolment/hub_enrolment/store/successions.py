"""Links of the register: reading and writing them in bulk, letting them take effect."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ARRAY, Text, and_, cast, exists, func, or_, select, update
from sqlalchemy.orm import Session

from hub_enrolment.domain.gias_links import Succession
from hub_enrolment.models import School, SchoolLink
from hub_enrolment.store.inserts import insert_rows


def stored(session: Session) -> tuple[dict[tuple[str, str], Succession], dict[str, str]]:
    """Every link that is known, and the principal successor of each school."""
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
    """Take the principal successor from schools that get another one or none."""
    session.execute(
        update(SchoolLink)
        .where(SchoolLink.urn == func.any(cast(list(urns), ARRAY(Text))), SchoolLink.principal)
        .values(principal=False, announced=False)
    )


def save(
    session: Session,
    links: Iterable[Succession],
    principal: Mapping[str, Succession],
    *,
    now: datetime,
    by: str,
) -> None:
    """Write links, new and changed."""
    rows = [
        {
            "urn": link.urn,
            "successor_urn": link.successor_urn,
            "link_type": link.link_type,
            "established_on": link.established_on,
            "principal": principal.get(link.urn) == link,
            "announced": False,
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
    """Give each school the successor that its principal link names, or none."""
    told = (
        select(SchoolLink.successor_urn)
        .where(SchoolLink.urn == School.urn, SchoolLink.principal)
        .scalar_subquery()
    )
    session.execute(
        update(School)
        .where(School.successor_urn.is_distinct_from(told))
        .values(successor_urn=told, revision=School.revision + 1, changed_at=now, changed_by=by)
        .execution_options(synchronize_session=False)
    )


def take_effect(session: Session) -> list[Succession]:
    """The successions to be announced now, marked as announced.

    Those of schools that have closed, and of schools not held here that are carried on by one that is.
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
        .values(announced=True)
        .returning(SchoolLink.urn, SchoolLink.successor_urn, SchoolLink.link_type, SchoolLink.established_on)
        .execution_options(synchronize_session=False)
    )
    found = [
        Succession(urn=urn, successor_urn=successor, link_type=kind, established_on=on)
        for urn, successor, kind, on in rows
    ]
    return sorted(found, key=lambda link: link.urn)
