"""Checks before a backup is restored, and the steps after it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging import outbox
from hub_messaging.retention import DAY, SENT_AGAIN_DAYS
from hub_messaging.tables import inbox_forgotten
from hub_messaging.tables import outbox as recorded
from hub_operations.archive import Manifest, UnusableBackup
from hub_operations.contents import contents_of, differences
from hub_platform.database import reaching

# Only events that every inbox still remembers may be sent again, so that each subscriber recognises the ones
# that it has received. The margin covers the time that sending takes.
SENT_AGAIN: Final = timedelta(days=SENT_AGAIN_DAYS)


class RestoreDiffers(Exception):
    """The databases differ from the backup; the message names the tables."""


def check_fits(manifest: Manifest, *, version: str, postgres: int) -> None:
    """Raise unless this release can restore a backup.

    Raises:
        UnusableBackup: a later release or a later PostgreSQL made it.
    """
    if _numbers(manifest.version) > _numbers(version):
        raise UnusableBackup(
            f"The backup was made by release {manifest.version}, and this is {version}: check out"
            f" v{manifest.version} or later first."
        )
    if manifest.postgres > postgres:
        raise UnusableBackup(
            f"The backup was made by PostgreSQL {manifest.postgres}, and this is {postgres}, which cannot"
            " read it: check out a release with that version or a later one."
        )


def finish(urls: Mapping[str, str], manifest: Manifest, now: datetime) -> int:
    """Compare the databases with the backup, then have events published again to the empty broker.

    Undelivered events arrive, events that were handled change nothing, and the event log is complete.

    Args:
        urls: service → database URL.
        manifest: of the backup.
        now: the time (aware).

    Returns:
        The number of events that are published again.

    Raises:
        RestoreDiffers: a table differs from the backup.
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
        raise RestoreDiffers("\n".join(wrong))
    forgotten = [cutoff for engine in engines.values() for cutoff in _cutoffs(engine)]
    again = 0
    for service, engine in engines.items():
        cutoffs = [before for source, before in forgotten if source.endswith(f"/{service}")]
        with Session(engine) as session, session.begin():
            again += outbox.publish_again(session, _since(session, cutoffs, now))
    return again


def _since(session: Session, cutoffs: Sequence[datetime], now: datetime) -> datetime:
    """Return the instant from which a publisher's events are published again.

    A fast clock or a newest event in the future holds back no event; with a slow clock no event is sent that
    an inbox has forgotten.
    """
    newest = session.scalar(sa.select(recorded.c.recorded_at).order_by(recorded.c.position.desc()).limit(1))
    young = min(now, newest or now) - SENT_AGAIN
    return max([young, *(before + DAY for before in cutoffs)])


def _cutoffs(engine: sa.Engine) -> list[tuple[str, datetime]]:
    """Return (source, instant) pairs; the inbox has forgotten a source's events before the instant."""
    wanted = sa.select(inbox_forgotten.c.source, inbox_forgotten.c.before)
    with engine.connect() as connection:
        found = connection.execute(wanted.where(inbox_forgotten.c.before.is_not(None)))
        return [(row.source, row.before) for row in found]


def _numbers(version: str) -> tuple[int, ...]:
    """Return a release as comparable numbers: 0.10.0 is later than 0.9.1."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())
