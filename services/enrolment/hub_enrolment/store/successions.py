"""The successions in effect around given schools."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from hub_kernel.successions import Succession, Successions

# Follows the links in both directions, so that predecessors and successors are found.
# `first_day` is `hub_kernel.successions.first_day_of_successor`; a test compares the two.
_AROUND: Final = text(
    """
    WITH RECURSIVE known (urn) AS (
      SELECT unnest(CAST(:urns AS text[]))
      UNION
      SELECT step.urn FROM known CROSS JOIN LATERAL (
        SELECT successor_urn AS urn FROM school_links
        WHERE school_links.urn = known.urn AND (principal AND announced OR followed)
        UNION ALL
        SELECT urn FROM school_links
        WHERE successor_urn = known.urn AND (principal AND announced OR followed)
      ) step
    )
    SELECT link.urn, link.successor_urn,
           coalesce(closed.close_date + 1, link.established_on, link.announced_on) AS first_day,
           principal AND announced AS counts, followed,
           EXISTS (SELECT FROM schools here WHERE here.urn = link.successor_urn) AS successor_is_here
    FROM school_links link JOIN known USING (urn) LEFT JOIN schools closed ON closed.urn = link.urn
    WHERE principal AND announced OR followed
    """
)
_OVERTAKEN: Final = text(
    """
    SELECT DISTINCT membership.teacher_id FROM school_memberships membership
    JOIN school_links link ON link.urn = membership.urn AND principal AND announced
    JOIN schools successor ON successor.urn = link.successor_urn
    LEFT JOIN schools closed ON closed.urn = link.urn
    WHERE membership.ends_on IS NULL
      AND coalesce(closed.close_date + 1, link.established_on, link.announced_on) <= :day
    ORDER BY membership.teacher_id
    """
)
_NOTE_FOLLOWED: Final = text(
    """
    UPDATE school_links SET followed = NOT followed
    FROM (
      SELECT link.urn, link.successor_urn, principal AND announced
             AND coalesce(closed.close_date + 1, link.established_on, link.announced_on) <= :day AS counts
      FROM school_links link LEFT JOIN schools closed ON closed.urn = link.urn
    ) latest
    WHERE school_links.urn = latest.urn AND school_links.successor_urn = latest.successor_urn
      AND followed <> latest.counts
    """
)


@dataclass(frozen=True, kw_only=True)
class _Link:
    succession: Succession
    in_effect: bool
    followed: bool  # everything at the closed school has moved to the successor
    successor_is_known: bool  # it is in the hub's files


@dataclass(frozen=True)
class Turn:
    """The successions applied so far, and those in effect now."""

    before: Successions
    after: Successions


def around(session: Session, urns: Iterable[str]) -> Successions:
    """Return the successions in effect that lead to or from these schools."""
    return Successions(link.succession for link in _links(session, urns) if link.in_effect)


def standing(session: Session, urn: str, day: date) -> str:
    """Return the last successor of a school on a day, or the school itself."""
    return around(session, [urn]).standing(urn, day)


def stood_for(session: Session, urn: str, day: date) -> frozenset[str]:
    """Return the URNs of a school and of its predecessors on a day."""
    return around(session, [urn]).stood_for(urn, day)


def successors_here(session: Session, urns: Iterable[str]) -> dict[str, Succession]:
    """Return the successions in effect around these schools, by the closed school's URN.

    Only those to schools in the hub's files: a membership of another school cannot be stored.
    """
    links = _links(session, urns)
    return {
        link.succession.urn: link.succession for link in links if link.in_effect and link.successor_is_known
    }


def turn_of(session: Session, urns: Iterable[str]) -> Turn:
    """Return the successions around these schools that were applied so far, and those in effect now."""
    links = _links(session, urns)
    return Turn(
        before=Successions(link.succession for link in links if link.followed),
        after=Successions(link.succession for link in links if link.in_effect),
    )


def note_followed(session: Session, day: date) -> None:
    """Mark the successions in effect as applied, once everything that must move has moved."""
    session.execute(_NOTE_FOLLOWED, {"day": day})


def people_overtaken(session: Session, day: date) -> list[UUID]:
    """Return the ids of people with a membership of a school that has a known successor, in order."""
    return list(session.scalars(_OVERTAKEN, {"day": day}))


def _links(session: Session, urns: Iterable[str]) -> list[_Link]:
    asked = sorted(set(urns))
    if not asked:
        return []
    return [
        _Link(
            succession=Succession(urn=row.urn, successor_urn=row.successor_urn, first_day=row.first_day),
            in_effect=row.counts,
            followed=row.followed,
            successor_is_known=row.successor_is_here,
        )
        for row in session.execute(_AROUND, {"urns": asked})
    ]
