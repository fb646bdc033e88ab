"""What a backup needs before it is read back, and what databases need afterwards."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging import outbox
from operations.archive import Manifest, Unusable
from operations.contents import contents_of, differences

# Inboxes forget after 400 days. What is sent again must be younger by more than the sending takes, so that
# every subscriber still knows whether it has had it.
SENT_AGAIN: Final = timedelta(days=390)


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
        s: sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True) for s, url in urls.items()
    }
    found = {}
    for service, engine in engines.items():
        with engine.connect() as connection:
            found[service] = contents_of(connection)
    if wrong := list(differences(manifest.tables, found)):
        raise NotAsItWas("\n".join(wrong))
    again = 0
    for engine in engines.values():
        with Session(engine) as session, session.begin():
            again += outbox.publish_again(session, now - SENT_AGAIN)
    return again


def _numbers(version: str) -> tuple[int, ...]:
    """A release's numbers, to be compared: 0.10.0 comes after 0.9.1."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())
