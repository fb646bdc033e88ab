"""People whose school has closed work at its successor; since when a succession is announced.

Memberships are carried on by the rule that imports use from now on, each with the event that tells it, as of
the day on which the succession took effect here. Sessions to come and the state of groups follow with the
next import. `downgrade` leaves people where they are: their events have been published.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from hub_contracts.enrolment import MembershipCorrected, TeacherMovedSchool
from hub_contracts.events import Event
from hub_contracts.vocabulary import MoveReason, TeacherRole
from hub_enrolment.domain.memberships import CarriedOn, Membership, carry_on, present
from hub_kernel.successions import Succession, first_day_of_successor
from hub_messaging import backfill
from hub_platform.ids import new_id

revision = "0019_successions_followed"
down_revision = "0018_name_keys"

BY = "upgrade"
NOTE = "The school had closed before; the membership was at its successor from the first day."
ANNOUNCED = """
UPDATE school_links SET announced_on = (coalesce(
  (SELECT max(occurred_at) FROM outbox
   WHERE type = 'SchoolSucceeded' AND subject = 'schools/' || school_links.urn
     AND data ->> 'successor_urn' = school_links.successor_urn),
  changed_at) AT TIME ZONE 'Europe/London')::date
WHERE announced
"""
LINKS = """
SELECT link.urn, link.successor_urn, closed.close_date, link.established_on, link.announced_on,
       coalesce((SELECT max(occurred_at) FROM outbox
                 WHERE type = 'SchoolSucceeded' AND subject = 'schools/' || link.urn
                   AND data ->> 'successor_urn' = link.successor_urn), link.changed_at) AS effective_at
FROM school_links link LEFT JOIN schools closed ON closed.urn = link.urn
WHERE link.principal AND link.announced
  AND EXISTS (SELECT FROM schools here WHERE here.urn = link.successor_urn)
"""
MEMBERSHIPS = """
SELECT id, teacher_id, urn, role, starts_on, ends_on, changed_at FROM school_memberships
WHERE teacher_id IN (
  SELECT one.teacher_id FROM school_memberships one
  JOIN school_links link ON link.urn = one.urn AND link.principal AND link.announced
  WHERE one.ends_on IS NULL)
ORDER BY teacher_id, starts_on, id
"""
END = """
UPDATE school_memberships SET ends_on = :ends_on, revision = revision + 1, changed_at = :at, changed_by = :by
WHERE id = :id
"""
PUT_AT = """
UPDATE school_memberships
SET urn = :urn, starts_on = :starts_on, revision = revision + 1, changed_at = :at, changed_by = :by
WHERE id = :id AND (urn, starts_on) <> (:urn, CAST(:starts_on AS date))
"""
BEGIN = """
INSERT INTO school_memberships (id, teacher_id, urn, role, starts_on, ends_on,
                                revision, created_at, created_by, changed_at, changed_by)
VALUES (:id, :teacher_id, :urn, :role, :starts_on, NULL, 1, :at, :by, :at, :by)
"""
TRAIL = """
INSERT INTO membership_corrections (id, teacher_id, membership_id, old_urn, old_role, old_starts_on,
                                    old_ends_on, new_urn, new_role, new_starts_on, new_ends_on,
                                    enrolment_ids, note, corrected_at, corrected_by)
VALUES (:id, :teacher_id, :membership_id, :old_urn, :role, :old_starts_on, NULL,
        :urn, :role, :starts_on, NULL, '{}', :note, :at, :by)
"""
TOUCH = """
UPDATE teachers SET revision = revision + 1, changed_at = :at, changed_by = :by WHERE id = :id
"""


def upgrade() -> None:
    op.add_column("school_links", sa.Column("announced_on", sa.Date))
    op.execute(ANNOUNCED)
    op.create_check_constraint("announced_on", "school_links", "NOT announced OR announced_on IS NOT NULL")
    op.add_column(
        "school_links", sa.Column("followed", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.alter_column("school_links", "followed", server_default=None)
    connection = op.get_bind()
    backfill.record_missing(connection, list(_carried_on(connection)))


def downgrade() -> None:
    op.drop_column("school_links", "followed")
    op.drop_constraint("ck_school_links_announced_on", "school_links")
    op.drop_column("school_links", "announced_on")


def _carried_on(connection: sa.Connection) -> Iterator[tuple[Event, datetime]]:
    """Continue each person's memberships at successors; yield the events with the instant of each fact."""
    today = connection.scalar(sa.text("SELECT (now() AT TIME ZONE 'Europe/London')::date"))
    now = connection.scalar(sa.text("SELECT now()"))
    links, effective = _links(connection)
    people: defaultdict[UUID, list[sa.Row[Any]]] = defaultdict(list)  # rows of textual SQL have no types
    for row in connection.execute(sa.text(MEMBERSHIPS)):
        people[row.teacher_id].append(row)
    for teacher_id, rows in people.items():
        noted = {row.id: row.changed_at for row in rows}
        held = [
            Membership(id=row.id, urn=row.urn, starts_on=row.starts_on, ends_on=row.ends_on, role=row.role)
            for row in rows
        ]
        while (step := carry_on(held, links, day=today)) is not None:
            held, kept = _write(connection, teacher_id, held, step, now=now)
            yield _event(teacher_id, held, step, kept), max(effective[step.held.urn], noted[step.held.id])
            noted[kept.id] = max(effective[step.held.urn], noted[step.held.id])
            connection.execute(sa.text(TOUCH), {"id": teacher_id, "at": now, "by": BY})


def _links(connection: sa.Connection) -> tuple[dict[str, Succession], dict[str, datetime]]:
    """Return the successions in effect and when each took effect here, by the closed school's URN."""
    links, effective = {}, {}
    for row in connection.execute(sa.text(LINKS)):
        first_day = first_day_of_successor(
            close_date=row.close_date, established_on=row.established_on, announced_on=row.announced_on
        )
        links[row.urn] = Succession(urn=row.urn, successor_urn=row.successor_urn, first_day=first_day)
        effective[row.urn] = row.effective_at
    return links, effective


def _write(
    connection: sa.Connection, teacher_id: UUID, held: list[Membership], step: CarriedOn, *, now: datetime
) -> tuple[list[Membership], Membership]:
    """Store one step; return all memberships after it, and the one at the successor."""
    old = step.held
    track = {"at": now, "by": BY}
    facts = {"teacher_id": teacher_id, "urn": step.to_urn, "role": old.role, "starts_on": step.starts_on}
    id_ = step.joins or (old.id if step.last_day is None else new_id())
    role = next((one.role for one in held if one.id == step.joins), old.role)
    kept = Membership(id=id_, urn=step.to_urn, starts_on=step.starts_on, ends_on=None, role=role)
    others = [one for one in held if one.id not in {old.id, step.joins}]
    if step.last_day is None:
        trail = {"id": new_id(), "membership_id": old.id, "old_urn": old.urn, "old_starts_on": old.starts_on}
        connection.execute(sa.text(TRAIL), facts | track | trail | {"note": NOTE})
    else:
        connection.execute(sa.text(END), {"id": old.id, "ends_on": step.last_day} | track)
        others.append(_ended(old, step.last_day))
    if step.last_day is None and step.joins is not None:
        connection.execute(sa.text("DELETE FROM school_memberships WHERE id = :id"), {"id": old.id})
    if step.last_day is not None and step.joins is None:
        connection.execute(sa.text(BEGIN), facts | track | {"id": id_})
    else:
        connection.execute(sa.text(PUT_AT), facts | track | {"id": id_})
    return [*others, kept], kept


def _ended(membership: Membership, last_day: date) -> Membership:
    return Membership(
        id=membership.id,
        urn=membership.urn,
        starts_on=membership.starts_on,
        ends_on=last_day,
        role=membership.role,
    )


def _event(teacher_id: UUID, held: list[Membership], step: CarriedOn, kept: Membership) -> Event:
    if step.last_day is not None:
        return TeacherMovedSchool(
            teacher_id=teacher_id,
            from_urn=step.held.urn,
            to_urn=kept.urn,
            role=TeacherRole(kept.role),
            moved_on=step.first_day,
            reason=MoveReason.SUCCESSION,
        )
    now_at = present(held)
    return MembershipCorrected(
        teacher_id=teacher_id,
        membership_id=kept.id,
        from_urn=step.held.urn,
        to_urn=kept.urn,
        role=TeacherRole(kept.role),
        starts_on=kept.starts_on,
        ends_on=None,
        present_urn=now_at.urn,
        present_role=TeacherRole(now_at.role),
    )
