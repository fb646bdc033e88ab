"""How much one caller may ask for in a minute, so that a runaway program or a guesser slows down nobody else.

Counted in this process: with several replicas each allows so much.
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

    by_credential: int  # requests a minute of one subject; NO_LIMIT for as many as they like
    by_address: int  # a minute, of what anybody may send without a credential: sign-in forms
    _limiter: FixedWindowRateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))

    def spend_known(self, actor: Actor) -> None:
        """Count a request of somebody who has shown a credential.

        Raises:
            Problem: 429 `too_many_requests`, with Retry-After in seconds.
        """
        self._spend(self.by_credential, f"subject {actor.subject}")

    def spend_open(self, request: Request) -> None:
        """Count a form that needs no credential, by the address that it came from. Reading is free.

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
            f"That was more than {a_minute} requests in a minute; try again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )
