"""Schools, connections and hub roles, as values of the domain."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_kernel import successions
from hub_kernel.successions import Successions
from hub_reporting.domain import leadership, schools
from hub_reporting.domain.school_history import ALWAYS, Facts, History, TrustFacts
from hub_reporting.models import Connection, Teacher
from hub_reporting.store import people

# Constants: building these statements for each report takes longer than executing them for a small hub.
# A closure with a later revision than the facts overrides their status and closing date.
_LATEST: Final = sa.text(
    """
    SELECT school.urn, name, la_code, la_name, district_name, phase, eligible,
           CASE WHEN closure.revision > school.revision THEN 'closed' ELSE status END,
           trust_uid, trust_name, easting, northing, opened_on,
           CASE WHEN closure.revision > school.revision
                THEN coalesce(closure.closed_on, school.closed_on) ELSE school.closed_on END,
           district_code, companies_house
    FROM schools AS school LEFT JOIN closures AS closure USING (hub, urn)
    WHERE school.hub = :hub
    """
)
_CHANGED_FACTS: Final = sa.text(
    f"""
    SELECT urn, {", ".join(Facts._fields)} FROM school_facts
    WHERE hub = :hub AND urn IN (SELECT urn FROM school_facts WHERE hub = :hub AND changed)
    """  # noqa: S608 - our own columns
)
_CHANGED_TRUSTS: Final = sa.text(
    f"""
    SELECT urn, {", ".join(TrustFacts._fields)} FROM school_trusts
    WHERE hub = :hub AND urn IN (
      SELECT urn FROM school_trusts WHERE hub = :hub AND changed
      UNION SELECT urn FROM school_trusts WHERE hub = :hub AND trust_since > :day
    )
    """  # noqa: S608 - our own columns
)
# Links of the register come after closures, as they override them.
_SUCCESSIONS: Final = sa.text(
    """
    SELECT urn, successor_urn, NULL::date, announced_on, closed_on, 1 AS priority FROM closures
    WHERE hub = :hub AND successor_urn IS NOT NULL
    UNION ALL
    SELECT link.urn, link.successor_urn, established_on, link.announced_on, closed_on, 2
    FROM successions AS link LEFT JOIN closures AS closure USING (hub, urn)
    WHERE link.hub = :hub
    ORDER BY priority
    """
)


def register(session: Session, hub: str, day: date, *, facts_day: date | None = None) -> schools.Register:
    """Return the register of schools as of one day.

    Args:
        session: the transaction.
        hub: id of the hub whose events are counted.
        day: of open schools and successors.
        facts_day: of names, authorities, districts, phases and trusts; by default the same day.
    """
    facts_day = day if facts_day is None else facts_day
    latest = {row[0]: schools.School._make(row) for row in session.execute(_LATEST, {"hub": hub})}
    history = History(facts=_changed_facts(session, hub), trusts=_changed_trusts(session, hub, facts_day))
    links = Successions(_successions(session, hub, latest))
    return schools.register_on(latest, history, links, day=day, facts_day=facts_day)


def _changed_facts(session: Session, hub: str) -> dict[str, list[Facts]]:
    """Return all revisions of schools whose facts have changed."""
    found: dict[str, list[Facts]] = {}
    for urn, *columns in session.execute(_CHANGED_FACTS, {"hub": hub}):
        found.setdefault(urn, []).append(Facts._make(columns))
    return found


def _changed_trusts(session: Session, hub: str, day: date) -> dict[str, list[TrustFacts]]:
    """Return all revisions of schools that changed their trust, or joined it after a day."""
    found: dict[str, list[TrustFacts]] = {}
    for urn, *columns in session.execute(_CHANGED_TRUSTS, {"hub": hub, "day": day}):
        found.setdefault(urn, []).append(TrustFacts._make(columns))
    return found


def _successions(
    session: Session, hub: str, known: Mapping[str, schools.School]
) -> Iterator[successions.Succession]:
    """Yield each successor with its first day; a later link overrides an earlier one."""
    rows = session.execute(_SUCCESSIONS, {"hub": hub})
    for urn, successor_urn, established_on, announced_on, closed_on, _ in rows:
        school = known.get(urn)
        first_day = successions.first_day_of_successor(
            close_date=closed_on if school is None else school.closed_on or closed_on,
            established_on=established_on,
            announced_on=announced_on or ALWAYS,
        )
        yield successions.Succession(urn=urn, successor_urn=successor_urn, first_day=first_day)


def connections(session: Session, hub: str, until: date) -> list[schools.Connection]:
    """Return the schools connected by a day."""
    rows = session.execute(
        sa.select(Connection.urn, Connection.connected_on, Connection.via).where(
            Connection.hub == hub, Connection.connected_on <= until
        )
    )
    return [schools.Connection._make(row) for row in rows]


def posts(session: Session, hub: str) -> list[leadership.Post]:
    """Return every hub role, past roles included."""
    given = people.posts(hub).c
    rows = session.execute(
        sa.select(
            given.teacher_id,
            given.role,
            given.urn,
            given.trust_uid,
            given.core_leadership,
            given.starts_on,
            given.ends_on,
        )
    )
    return [leadership.Post._make(row) for row in rows]


def homes(session: Session, hub: str, teacher_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the home school of some people: that of the latest role, or else where they teach."""
    asked = list(teacher_ids)
    teachers = sa.select(Teacher.teacher_id, Teacher.urn).where(
        Teacher.hub == hub, Teacher.teacher_id.in_(asked)
    )
    given = people.posts(hub).c
    roles = (
        sa.select(given.teacher_id, given.urn)
        .where(given.teacher_id.in_(asked))
        .order_by(given.starts_on, given.leader_role_id)
    )
    found = {row.teacher_id: row.urn for row in session.execute(teachers)}
    return found | {row.teacher_id: row.urn for row in session.execute(roles)}
