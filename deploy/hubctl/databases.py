"""Sessions on the services' databases, and deliveries with the service that stores them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging import stored_deliveries
from hub_messaging.stored_deliveries import Key, Refused, StoredDelivery
from hub_platform.database import reaching
from hubctl.places import Hub, WrongUse

NAMED_AT_MOST = 3  # deliveries that a message lists when a name matches several


@dataclass(frozen=True)
class Found:
    """A delivery and the service that stores it."""

    service: str
    kept: StoredDelivery


@dataclass(frozen=True)
class Selection:
    """Deliveries as the options of a command select them: by id, by error and type, or all parked ones."""

    names: Sequence[str]  # ids, or their starts or ends
    error: str | None
    type_: str | None
    everything: bool

    def require_one_way(self) -> None:
        """Raise unless the deliveries are selected in exactly one way.

        Raises:
            WrongUse: in none or in several.
        """
        by_group = self.error is not None or self.type_ is not None
        if [bool(self.names), by_group, self.everything].count(True) != 1:
            raise WrongUse("Select deliveries: ids, or --error and --type, or --all.")


@contextmanager
def opened(hub: Hub, service: str) -> Iterator[Session]:
    """Open a transaction on a service's database: committed at the end, rolled back after an exception.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    url = hub.database_url(service)
    engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, connect_args=reaching(url))
    with Session(engine) as session, session.begin():
        yield session


def one(hub: Hub, services: Sequence[str], name: str) -> Found:
    """Return the delivery with this id, or with an id that starts or ends so.

    Raises:
        Refused: there is none, or there are several.
    """
    found = []
    for service in services:
        with opened(hub, service) as session:
            found += [Found(service, one) for one in stored_deliveries.find(session, name)]
    if not found:
        raise Refused(f"There is no delivery {name}, or it has been handled.")
    exact = [one for one in found if one.kept.key.event_id == name]
    if len(exact or found) > 1:
        names = [f"{one.kept.key.event_id} ({one.service})" for one in found[:NAMED_AT_MOST]]
        more = ", …" if len(found) > NAMED_AT_MOST else ""
        raise Refused(
            f"{name} matches {len(found)} deliveries: {', '.join(names)}{more}."
            " Give a longer id, or --service."
        )
    return (exact or found)[0]


def selected(hub: Hub, services: Sequence[str], selection: Selection) -> list[Found]:
    """Return the selected deliveries of some services.

    Raises:
        WrongUse: the options select in no way or in several.
        Refused: an id matches none or several.
    """
    selection.require_one_way()
    if selection.names:
        return [one(hub, services, name) for name in selection.names]
    found = []
    for service in services:
        with opened(hub, service) as session:
            found += [
                Found(service, one)
                for one in stored_deliveries.stored(session, error=selection.error, type_=selection.type_)
            ]
    return found


def by_service(found: Sequence[Found]) -> dict[str, list[Key]]:
    """Return the keys of deliveries by service."""
    keys: dict[str, dict[Key, None]] = {}
    for one in found:
        keys.setdefault(one.service, {})[one.kept.key] = None
    return {service: list(named) for service, named in keys.items()}
