"""When the e-mail about an offer was sent; existing open entries are published."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from hub_contracts import Event
from hub_contracts.enrolment import PlaceOfferExtended, WaitingListJoined
from hub_messaging import backfill
from hub_platform.database import UtcDateTime

revision = "0013_offers_told"
down_revision = "0012_hub_contact"

OPEN = sa.text(
    "SELECT id, work_group_id, teacher_id, urn, created_at, status, offered_at, expires_at"
    " FROM waiting_list WHERE status IN ('waiting', 'offered') ORDER BY created_at, id"
).columns(
    sa.column("id", sa.Uuid),
    sa.column("work_group_id", sa.Uuid),
    sa.column("teacher_id", sa.Uuid),
    sa.column("urn", sa.Text),
    sa.column("created_at", UtcDateTime()),
    sa.column("status", sa.Text),
    sa.column("offered_at", UtcDateTime()),
    sa.column("expires_at", UtcDateTime()),
)


def upgrade() -> None:
    op.add_column("waiting_list", sa.Column("told_at", UtcDateTime()))
    # Earlier deadlines counted from the offer, as if its e-mail had been sent then.
    op.execute("UPDATE waiting_list SET told_at = offered_at")
    op.create_check_constraint(
        "told_at", "waiting_list", "told_at IS NULL OR coalesce(told_at >= offered_at, false)"
    )
    record_open_entries(op.get_bind())


def downgrade() -> None:
    op.drop_column("waiting_list", "told_at")


def record_open_entries(connection: sa.Connection) -> int:
    """Publish each open entry that has not been published; return the number of recorded events."""
    return backfill.record_missing(connection, _facts(connection.execute(OPEN).all()))


# Any: rows of textual SQL have no types.
def _facts(rows: Sequence[sa.Row[Any]]) -> Iterator[tuple[Event, datetime]]:
    """Yield the joining of each entry, then its open offer again, as its PlaceOffered came before."""
    for row in rows:
        entry = {
            "waiting_id": row.id,
            "work_group_id": row.work_group_id,
            "teacher_id": row.teacher_id,
            "urn": row.urn,
        }
        yield WaitingListJoined(**entry), row.created_at
        if row.status == "offered":
            yield PlaceOfferExtended(**entry, expires_at=row.expires_at), row.offered_at
