"""Limits of requests in a minute, so that one caller cannot slow down the others.

Counted in this process: each replica allows that many.
"""

from dataclasses import dataclass, field
from math import ceil
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.wrappers import Request

from hub_platform.access import READING, Actor
from hub_platform.clocks import real_now
from hub_platform.forwarded import visitor
from hub_platform.problems import Problem

NO_LIMIT: Final = 0


@dataclass
class RateLimits:
    """Counts requests by caller."""

    by_credential: int  # requests in a minute of one subject; NO_LIMIT for any number
    by_address: int  # forms in a minute that need no credential, such as sign-in, of one address
    _limiter: FixedWindowRateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))

    def spend_known(self, actor: Actor) -> None:
        """Count a request with a credential, by its subject.

        Raises:
            Problem: 429 `too_many_requests`, with Retry-After in seconds.
        """
        self._spend(self.by_credential, f"subject {actor.subject}")

    def spend_open(self, request: Request) -> None:
        """Count a form that needs no credential, by the sender's address. Reading is not limited.

        Raises:
            Problem: 429 `too_many_requests`, with Retry-After in seconds.
        """
        if request.method not in READING:
            self._spend(self.by_address, f"address {visitor(request.remote_addr or '')}")

    def _spend(self, a_minute: int, who: str) -> None:
        if a_minute == NO_LIMIT:
            return
        item = RateLimitItemPerMinute(a_minute)
        if self._limiter.hit(item, who):
            return
        seconds = max(1, ceil(self._limiter.get_window_stats(item, who).reset_time - real_now().timestamp()))
        raise Problem(
            429,
            "too_many_requests",
            f"The limit of {a_minute} requests in a minute is reached; try again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )
