"""The two clocks of a service; no other module reads the machine's clock.

Real time is the machine's: tokens, sessions, revocations, rate limits, idempotency, retries, retention, logs
and metrics go by it. Hub time is for rules, due dates, timers, the sender of e-mails and pages. Both are the
same unless HUB_ALLOW_HUB_TIME permits a demonstration or a test to set hub time.
"""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_platform.database import Sessions, UtcDateTime

LONGEST_JUMP: Final = timedelta(days=400)
CACHED_FOR: Final = timedelta(milliseconds=50)  # maximum delay until another replica's setting is read
JUST_SET: Final = timedelta(seconds=5)

log = structlog.get_logger(__name__)

metadata = sa.MetaData()

hub_clock = sa.Table(
    "hub_clock",
    metadata,
    sa.Column("only_row", sa.Boolean, primary_key=True),
    sa.Column("hub_time", UtcDateTime, nullable=False),
    sa.Column("real_time", UtcDateTime, nullable=False),  # when it was that hub time
    sa.CheckConstraint("only_row", name="ck_hub_clock_only_row"),
)

_READ: Final = sa.select(hub_clock.c.hub_time, hub_clock.c.real_time)
_NEW: Final = insert(hub_clock).values(only_row=True)
_SET: Final = _NEW.on_conflict_do_update(
    index_elements=["only_row"],
    set_={"hub_time": _NEW.excluded.hub_time, "real_time": _NEW.excluded.real_time},
    # Another replica may have stored a later time meanwhile: hub time never goes back.
    where=hub_clock.c.hub_time + (_NEW.excluded.real_time - hub_clock.c.real_time) < _NEW.excluded.hub_time,
)


def create_v1() -> None:
    """Create the table; called from a migration of each service."""
    from alembic import op

    metadata.create_all(op.get_bind())


def drop_v1() -> None:
    """Drop the table."""
    from alembic import op

    metadata.drop_all(op.get_bind())


def real_now() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)


class JumpRefused(Exception):
    """The instant lies more than LONGEST_JUMP after hub time."""


class HubClock(Protocol):
    """Source of hub time, the machine's or a demonstration's."""

    def now(self) -> datetime:
        """Return the present hub time, aware UTC."""

    def was_just_set(self) -> bool:
        """Return whether it was set in the last seconds, so that timers check more often."""


class WallClock:
    """Hub time that cannot be set: the machine's."""

    def now(self) -> datetime:
        """Read the machine's clock."""
        return real_now()

    def was_just_set(self) -> bool:
        """Return False: it cannot be set."""
        return False


class SettableClock:
    """Hub time of a demonstration or a test: the newest instant it was set to, plus the real time since.

    Stored in the service's database, so that it outlives the process and is the same in all replicas. Before
    it is set for the first time it is the machine's time.
    """

    def __init__(self, sessions: Sessions, real: Callable[[], datetime] = real_now) -> None:
        self._sessions = sessions
        self._real = real
        self._known: tuple[datetime, datetime] | None = None  # hub time, and the real time when it was that
        self._read_at: datetime | None = None
        self._set_at: datetime | None = None

    def was_just_set(self) -> bool:
        """Return whether this process has set it in the last seconds of real time."""
        return self._set_at is not None and self._real() - self._set_at < JUST_SET

    def now(self) -> datetime:
        """Read the clock."""
        real = self._real()
        if self._read_at is None or not timedelta(0) <= real - self._read_at < CACHED_FOR:
            self._read(real)
        return self._at(real)

    def follow(self, instant: datetime) -> None:
        """Set the clock to an instant, unless it is already later.

        Raises:
            JumpRefused: the instant is too far ahead.
        """
        if instant <= self._at(self._real()) and self._known is not None:
            return
        ahead = instant - self.now()
        if ahead > LONGEST_JUMP:
            raise JumpRefused
        if ahead <= timedelta(0) and self._known is not None:
            return
        real = self._real()
        with self._sessions.begin() as session:
            session.execute(sa.text("SET LOCAL synchronous_commit = off"))
            session.execute(_SET, {"hub_time": instant, "real_time": real})
        self._read(real)
        self._set_at = real

    def _read(self, real: datetime) -> None:
        with self._sessions() as session:
            row = session.execute(_READ).first()
        self._known = None if row is None else (row.hub_time, row.real_time)
        self._read_at = real

    def _at(self, real: datetime) -> datetime:
        if self._known is None:
            return real
        hub, set_at = self._known
        return hub + max(real - set_at, timedelta(0))  # the machine's clock may be set back


def hub_time_of(session: Session) -> datetime | None:
    """Return hub time (aware UTC) where a database has one that was set, otherwise None.

    Only a demonstration or a test can set it.
    """
    row = session.execute(_READ).first()
    return None if row is None else row.hub_time + max(real_now() - row.real_time, timedelta(0))


class _Envelope(Protocol):
    @property
    def source(self) -> str: ...
    @property
    def time(self) -> datetime: ...


class _Event(Protocol):
    @property
    def publisher(self) -> str: ...


class Delivered(Protocol):
    """The parts of a delivery (of hub_messaging) by which the clock is set."""

    @property
    def envelope(self) -> _Envelope:
        """Source and time of the event."""

    @property
    def event(self) -> _Event:
        """The event, with its publisher."""


def follow_events(clock: SettableClock, hub_id: str) -> Callable[[Iterable[Delivered]], None]:
    """Return a function that sets the clock by deliveries of events of this hub's own services."""

    def follow(deliveries: Iterable[Delivered]) -> None:
        times = [
            delivery.envelope.time
            for delivery in deliveries
            if delivery.envelope.source == f"/hubs/{hub_id}/{delivery.event.publisher}"
        ]
        now = clock.now() if times else None
        near = [time for time in times if now is not None and time - now <= LONGEST_JUMP]
        if len(near) < len(times):
            log.warning("hub_time_jump_refused", days=LONGEST_JUMP.days)
        if near:
            with contextlib.suppress(JumpRefused):  # the clock changed between the check and the setting
                clock.follow(max(near))

    return follow


@dataclass(frozen=True)
class Clocks:
    """Real time and hub time of a service."""

    real: Callable[[], datetime] = real_now
    hub: HubClock = field(default_factory=WallClock)
