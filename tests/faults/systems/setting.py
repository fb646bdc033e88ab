"""Settings of a program under test, in environment variables, and the work that all systems share."""

import os
import random
import signal
import time
from dataclasses import dataclass

SUBJECTS = 50


def subject_of(seed: int, n: int) -> str:
    """Return the subject of the n-th command; the same in every process with the seed."""
    return f"things/{random.Random(f'{seed} {n}').randrange(SUBJECTS)}"


def parse_waits(text: str) -> dict[int, float]:
    """Read `700:2.5,900:1`: command number to seconds."""
    pairs = (part.split(":") for part in text.split(",") if part)
    return {int(n): float(seconds) for n, seconds in pairs}


@dataclass(frozen=True)
class Setting:
    """One program's part in a case."""

    database_url: str
    amqp_uri: str
    seed: int
    replica: int
    replicas: int
    heartbeat: int  # seconds
    prefetch: int  # for the systems that know no batches
    sleeps: dict[int, float]  # the handler of the n-th command's event waits so long …
    burns: dict[int, float]  # … or computes so long, without a pause
    seconds_each: float  # and every one takes at least so long
    may_refuse: bool  # whether the handler looks for subjects to refuse
    mark_seconds: float  # between marks and what follows from them; 0: as usual
    clock_days: float  # how far the clock of this process is wrong, to the future when positive
    kill_at: str  # "" or the place of the kill
    kill_count: int  # and which time it is reached

    def before_effect(self, n: int) -> None:
        """Take the time that the handling of this event takes."""
        time.sleep(self.sleep_before(n))
        self.burn(n)

    def sleep_before(self, n: int) -> float:
        """How long to wait, in seconds."""
        return self.seconds_each + self.sleeps.get(n, 0.0)

    def burn(self, n: int) -> None:
        """Compute without letting anything else run in this process."""
        end = time.monotonic() + self.burns.get(n, 0.0)
        while time.monotonic() < end:
            pass


def read_setting() -> Setting:
    """Read the environment of this process."""
    env = os.environ
    place, _, count = env.get("FAULTS_KILL", "").partition(":")
    return Setting(
        database_url=env["HUB_DATABASE_URL"],
        amqp_uri=env["HUB_AMQP_URI"],
        seed=int(env["FAULTS_SEED"]),
        replica=int(env.get("FAULTS_REPLICA", "0")),
        replicas=int(env.get("FAULTS_REPLICAS", "1")),
        heartbeat=int(env.get("FAULTS_HEARTBEAT", "30")),
        prefetch=int(env.get("FAULTS_PREFETCH", "1")),
        sleeps=parse_waits(env.get("FAULTS_SLEEPS", "")),
        burns=parse_waits(env.get("FAULTS_BURNS", "")),
        seconds_each=float(env.get("FAULTS_SECONDS_EACH", "0")),
        may_refuse=env.get("FAULTS_MAY_REFUSE", "") == "1",
        mark_seconds=float(env.get("FAULTS_MARK_SECONDS", "0")),
        clock_days=float(env.get("FAULTS_CLOCK_DAYS", "0")),
        kill_at=place,
        kill_count=int(count or 0),
    )


class Killer:
    """SIGKILL to this very process, at an exact place, the k-th time that it is reached."""

    def __init__(self, setting: Setting) -> None:
        self._place = setting.kill_at
        self._count = setting.kill_count
        self._reached = 0

    def waits_at(self, place: str) -> bool:
        """Whether this is the place."""
        return self._place == place

    def reached(self, place: str, times: int = 1) -> None:
        """Count, and end here when it is time."""
        if self._place != place:
            return
        self._reached += times
        if self._reached >= self._count:
            os.kill(os.getpid(), signal.SIGKILL)


class Throttle:
    """Keeps a publisher to so many commands a second."""

    def __init__(self) -> None:
        self._next = time.monotonic()

    def wait_of(self, per_second: float) -> float:
        """How long to wait before the next command, in seconds."""
        if per_second <= 0:
            return 0.0
        now = time.monotonic()
        self._next = max(self._next, now - 1.0) + 1.0 / per_second  # a pause is not made up for in a rush
        return max(0.0, self._next - now)
