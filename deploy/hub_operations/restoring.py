"""What a backup needs before it is read back, and what databases need afterwards."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging import outbox
from hub_messaging.retention import DAY, SENT_AGAIN_DAYS
from hub_messaging.tables import inbox_forgotten
from hub_messaging.tables import outbox as recorded
from hub_operations.archive import Manifest, Unusable
from hub_operations.contents import contents_of, differences
from hub_platform.database import reaching

# What is sent again must be younger than all that inboxes have forgotten by more than the sending takes, so
# that every subscriber still knows whether it has had it.
SENT_AGAIN: Final = timedelta(days=SENT_AGAIN_DAYS)


class NotAsItWas(Exception):
    """The databases do not hold what the backup says; the message names the tables."""


def check_fits(manifest: Manifest, *, version: str, postgres: int) -> None:
    """See that this release can read a backup.

    Raises:
        Unusable: a later release made it, or a later PostgreSQL.
    """
    if _numbers(manifest.version) > _numbers(version):
        raise Unusable(
            f"The backup was made by release {manifest.version}, and this is {version}: check out"
            f" v{manifest.version} or later first."
        )
    if manifest.postgres > postgres:
        raise Unusable(
            f"The backup was made by PostgreSQL {manifest.postgres}, and this is {postgres}: it cannot"
            " go back."
        )


def finish(urls: Mapping[str, str], manifest: Manifest, now: datetime) -> int:
    """Compare the databases with the backup, then let every event be sent again to a broker that knows none.

    Events that were on their way arrive, those that have taken effect change nothing, and the log is whole.

    Args:
        urls: service → where its database is.
        manifest: what it should hold.
        now: the time (aware).

    Returns:
        How many events are sent again.

    Raises:
        NotAsItWas: a table holds something else.
    """
    engines = {
        s: sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, connect_args=reaching(url))
        for s, url in urls.items()
    }
    found = {}
    for service, engine in engines.items():
        with engine.connect() as connection:
            found[service] = contents_of(connection)
    if wrong := list(differences(manifest.tables, found)):
        raise NotAsItWas("\n".join(wrong))
    forgotten = [line for engine in engines.values() for line in _lines(engine)]
    again = 0
    for service, engine in engines.items():
        lines = [before for source, before in forgotten if source.endswith(f"/{service}")]
        with Session(engine) as session, session.begin():
            again += outbox.publish_again(session, _since(session, lines, now))
    return again


def _since(session: Session, lines: Sequence[datetime], now: datetime) -> datetime:
    """From when on a publisher's events are sent again.

    Neither a clock that is ahead nor a newest event from the future keeps anything back, and with a clock
    that is behind nothing is sent that an inbox has forgotten.
    """
    newest = session.scalar(sa.select(recorded.c.recorded_at).order_by(recorded.c.position.desc()).limit(1))
    young = min(now, newest or now) - SENT_AGAIN
    return max([young, *(before + DAY for before in lines)])


def _lines(engine: sa.Engine) -> list[tuple[str, datetime]]:
    """Source and line of what the subscriptions of a database have forgotten."""
    wanted = sa.select(inbox_forgotten.c.source, inbox_forgotten.c.before)
    with engine.connect() as connection:
        found = connection.execute(wanted.where(inbox_forgotten.c.before.is_not(None)))
        return [(row.source, row.before) for row in found]


def _numbers(version: str) -> tuple[int, ...]:
    """A release's numbers, to be compared: 0.10.0 comes after 0.9.1."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())
