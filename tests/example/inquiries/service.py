"""The two services. `ScalesService` can be made to misbehave as methods and dependencies may."""

import os
import time
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider
from parcels.events import ParcelSorted, ParcelWeighed
from parcels.tables import Effect
from sqlalchemy.orm import Session

from hub_messaging import outbox, wire
from hub_messaging.relay import OutboxRelay
from hub_messaging.rpc import answer
from hub_messaging.rpc_client import RpcClient, RpcError, RpcUnanswered
from hub_messaging.subscribe import Delivery, subscribe
from hub_platform.access import ANYONE
from hub_platform.dependencies import Database
from hub_platform.periodic import every
from hub_platform.probes import Probes
from hub_platform.routes import Call, route

if "EXAMPLE_HEARTBEAT" in os.environ:  # seconds; a test has no minute to wait for one to be missed
    vars(wire)["HEARTBEAT_SECONDS"] = int(os.environ["EXAMPLE_HEARTBEAT"])

# A name that no answer and no log may quote.
SECRET = "Ada Lovelace"  # pragma: allowlist secret
# What a parcel's weight makes the receiver do.
SLOW, BUSY, UNHOOKED, POISON = 1001, 1002, 1003, 1004
SLOW_SECONDS = 1.5
BUSY_SECONDS = 8.0  # more than the two heartbeats of a test after which the broker gives up


class Refused(Exception):
    """A refusal with a stable code and a text that callers must not see."""

    code = "too_heavy"


class Fragile(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Raises in the hook that a worker's argument names. Gives the container."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        self._break("get_dependency", worker_ctx)
        return self.container

    def worker_setup(self, worker_ctx: Any) -> None:
        self._break("worker_setup", worker_ctx)

    def worker_result(self, worker_ctx: Any, result: Any = None, exc_info: Any = None) -> None:  # noqa: ARG002
        self._break("worker_result", worker_ctx)

    def worker_teardown(self, worker_ctx: Any) -> None:
        self._break("worker_teardown", worker_ctx)

    def _break(self, hook: str, worker_ctx: Any) -> None:
        given = worker_ctx.args[-1] if worker_ctx.args else None
        named = getattr(given, "path", {}).get("hook") if isinstance(given, Call) else given
        unhooked = isinstance(given, Delivery) and given.event.weight == UNHOOKED and hook == "worker_setup"
        if named == hook or unhooked:
            raise RuntimeError(f"{hook} of {SECRET}")


class ScalesService(Probes):
    """Answers, publishes, receives and keeps time."""

    name = "scales"
    relay = OutboxRelay()
    sessions = Database()
    fragile = Fragile()

    @answer
    def weigh(self, number: int, *, unit: str = "g") -> dict[str, Any]:
        """An ordinary question."""
        return {"number": number, "unit": unit}

    @answer(recorded=True)
    def senders(self, parcel_ids: list[str], *, reason: str = "") -> dict[str, str]:  # noqa: ARG002 - not said
        """A question about people."""
        return dict.fromkeys(parcel_ids, SECRET)

    @answer
    def weigh_slowly(self, seconds: float) -> str:
        """A question that takes its time and lets others have theirs."""
        eventlet.sleep(seconds)
        return "done"

    @answer
    def weigh_stubbornly(self, seconds: float) -> str:
        """Answer after computing without a pause, so that no other request has a turn."""
        _be_busy(seconds)
        return "done"

    @answer
    def fail(self, text: str) -> None:
        """Raise, with something secret in the message."""
        raise RuntimeError(text)

    @answer
    def refuse(self, text: str) -> None:
        """Refuse, with something secret in the message."""
        raise Refused(text)

    @answer
    def give_a_thing(self) -> object:
        """Give what JSON cannot say."""
        return object()

    @answer
    def with_hook(self, hook: str) -> str:
        """Ask for a hook to fail."""
        return hook

    @route("GET", "/scales/v1/hooks/<string:hook>", allow=ANYONE)
    def with_hook_over_http(self, call: Call[None]) -> dict[str, str]:
        """Ask for a hook to fail."""
        return {"hook": call.path["hook"]}

    @route("GET", "/scales/v1/a-thread-dies", allow=ANYONE)
    def let_a_thread_die(self, call: Call[None]) -> dict[str, str]:  # noqa: ARG002 - every route takes it
        """Start a thread that ends in an exception."""
        self.fragile.spawn_managed_thread(_die, identifier="doomed")
        return {}

    @route("GET", "/scales/v1/busy", allow=ANYONE)
    def be_busy(self, call: Call[None]) -> None:  # noqa: ARG002 - every route takes it
        """Never yield again, within any test's patience."""
        _be_busy(60)

    @route("GET", "/scales/v1/changed-minds", allow=ANYONE)
    def change_its_mind(self, call: Call[None]) -> None:
        """Record an event, then fail: nothing may leave."""
        outbox.record(call.session, ParcelWeighed(number=13, weight=13), occurred_at=call.now)
        call.session.flush()
        raise Refused(SECRET)

    @subscribe(ParcelSorted)
    def on_parcel_sorted(self, session: Session, delivery: Delivery[Any]) -> None:
        """Note the effect, after what the weight asks for."""
        if delivery.event.weight == SLOW:
            eventlet.sleep(SLOW_SECONDS)
        if delivery.event.weight == BUSY:
            _be_busy(BUSY_SECONDS)
        if delivery.event.weight == POISON:
            raise RuntimeError("poison")
        envelope = delivery.envelope
        session.add(Effect(event_id=str(envelope.id), subject=envelope.subject, revision=envelope.revision))

    @every(seconds=0.2)
    def tick(self) -> None:
        """Leave a mark: which process took the turn."""
        with self.sessions.begin() as session:
            session.add(Effect(event_id="tick", subject=str(os.getpid()), revision=1))


class ClerkService(Probes):
    """Sends the questions of a test to scales."""

    name = "clerk"
    scales = RpcClient("scales", seconds=2.0)

    @route("GET", "/clerk/v1/ask/<string:method>/<string:argument>", allow=ANYONE)
    def ask(self, call: Call[None]) -> dict[str, Any]:
        """Ask one question and say what came of it, and after how many seconds."""
        began = time.monotonic()
        said: dict[str, Any]
        try:
            said = {"answer": self.scales.ask(call.path["method"], _value(call.path["argument"]))}
        except RpcError as exc:
            said = {"unanswered": "RpcError", "error": exc.error, "code": exc.code}
        except RpcUnanswered as exc:
            said = {"unanswered": type(exc).__name__}
        return said | {"seconds": time.monotonic() - began}


def _value(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _be_busy(seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        pass


def _die() -> None:
    raise RuntimeError(SECRET)
