"""The example's two services: one publishes, one receives."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from marshmallow import Schema, fields, validate
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub_messaging import outbox
from hub_messaging.relay import OutboxRelay
from hub_messaging.subscribe import Delivery, subscribe, subscribe_batch
from hub_platform import connections
from hub_platform.access import ANYONE
from hub_platform.audit import concerns
from hub_platform.probes import Probes
from hub_platform.routes import RAW, Answer, Call, Content, Later, Page, route
from hub_platform.schemas import CommandSchema
from parcels.events import ParcelSorted, ParcelWeighed
from parcels.tables import Effect, Parcel

SORTERS = frozenset({"sorter"})
SENDER_ID = "01920000-0000-7000-8000-000000000001"
POISON = 666  # a parcel of this weight makes the receiver fail

LONG_ANSWER = b"0" * 20_000_000

log = structlog.get_logger(__name__)

if "EXAMPLE_PATIENCE" in os.environ:  # a test does not wait as long as a service
    for limit in ("HEAD_SECONDS", "PATIENCE_SECONDS", "UNREAD_SECONDS"):
        setattr(connections, limit, float(os.environ["EXAMPLE_PATIENCE"]))


class Refused(Exception):
    """A rule of the example."""

    kind = "conflict"
    code = "already_sorted"
    detail = "This parcel lies on its shelf already."
    pointer = "/number"


@dataclass(frozen=True, kw_only=True)
class SortParcel:
    """The example's command."""

    number: int
    weight: int


class SortParcelSchema(CommandSchema):
    """The fields of a request to sort a parcel."""

    command = SortParcel
    number = fields.Integer(required=True, strict=True)
    weight = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))


class ParcelSchema(Schema):
    """Writes a parcel."""

    number = fields.Integer()
    weight = fields.Integer()


def sorted_as(command: SortParcel) -> ParcelSorted:
    """The event of a command, in version 1."""
    return ParcelSorted(number=command.number, weight=command.weight)


class SortingService(Probes):
    """Publishes ParcelSorted for each parcel that it is asked to sort."""

    name = "sorting"
    named_in_audit = frozenset({"number"})
    relay = OutboxRelay(mark_seconds=float(os.environ.get("EXAMPLE_MARK_SECONDS", "60")))

    @route(
        "POST", "/sorting/v1/parcels", allow=SORTERS, body=SortParcelSchema, answer=ParcelSchema, status=201
    )
    def sort_parcel(self, call: Call[SortParcel]) -> Answer:
        """Put a parcel on its shelf."""
        command = call.command
        log.info("sorting")
        if call.session.get(Parcel, command.number):
            raise Refused
        call.session.add(Parcel(number=command.number, weight=command.weight))
        self.announce(call)
        return Answer(command, revision=1, location=f"/sorting/v1/parcels/{command.number}")

    def announce(self, call: Call[SortParcel]) -> None:
        """Record what was done, in the versions that this release publishes."""
        outbox.record(call.session, sorted_as(call.command), occurred_at=call.now)

    @route(
        "PUT", "/sorting/v1/parcels/<int:number>", allow=SORTERS, body=SortParcelSchema, answer=ParcelSchema
    )
    def weigh_parcel(self, call: Call[SortParcel]) -> Answer:
        """Weigh a parcel again."""
        parcel = call.session.get_one(Parcel, call.command.number, with_for_update=True)
        parcel.weight = call.command.weight
        parcel.revision += 1
        event = ParcelWeighed(number=parcel.number, weight=parcel.weight)
        outbox.record(call.session, event, occurred_at=call.now)
        return Answer(parcel, revision=parcel.revision)

    @route("GET", "/sorting/v1/parcels", allow=SORTERS, paged=True, answer=ParcelSchema)
    def list_parcels(self, call: Call[None]) -> Page[Any]:
        """Answer a page of all parcels, by number."""
        return Page(*call.page.fetch(call.session, select(Parcel), [Parcel.number]))

    @route("GET", "/sorting/v1/parcels/<int:number>/sender", allow=SORTERS, personal=True)
    def get_sender(self, call: Call[None]) -> dict[str, str]:
        """Answer the sender of a parcel, with a text that looks like an id."""
        text = f'"text_id": "{SENDER_ID}"'
        return {"sender_id": SENDER_ID, "given": "Ada", "text": text, "number": str(call.path["number"])}

    @route("GET", "/sorting/v1/parcels/<int:number>/label", allow=SORTERS, personal=True)
    def print_label(self, call: Call[None]) -> Later:
        """The sender's name on paper, made after the transaction; that of parcel 0 cannot be printed."""
        concerns(call.session, "sender_id", [UUID(SENDER_ID)])
        return Later(lambda: Content(f"Ada, {1 / call.path['number']}", "text/plain; charset=utf-8"))

    @route("POST", "/sorting/v1/bytes", allow=SORTERS, body=RAW)
    def count_bytes(self, call: Call[None]) -> dict[str, int]:
        """How many bytes were sent."""
        return {"bytes": len(call.raw)}

    @route("POST", "/sorting/v1/anyones-bytes", allow=ANYONE, body=RAW)
    def count_anyones_bytes(self, call: Call[None]) -> dict[str, int]:
        """How many bytes a stranger sent."""
        return {"bytes": len(call.raw)}

    @route("GET", "/sorting/v1/caller", allow=ANYONE)
    def tell_caller(self, call: Call[None]) -> dict[str, Any]:
        """From where the request came, and how."""
        request = call.request
        return {"address": request.remote_addr, "secure": request.is_secure, "host": request.host}

    @route("GET", "/sorting/v1/fault", allow=ANYONE)
    def fault(self, call: Call[None]) -> None:
        """Fails with something secret in its message."""
        raise RuntimeError(f"secret of {call.actor.subject}")

    @route("GET", "/sorting/v1/long-answer", allow=SORTERS)
    def answer_at_length(self, call: Call[None]) -> Content:  # noqa: ARG002 - a route's signature
        """More than the buffers of the network hold."""
        return Content(LONG_ANSWER, "application/octet-stream")

    @route("GET", "/sorting/v1/wait/<int:milliseconds>", allow=SORTERS, seconds=3.0)
    def wait(self, call: Call[None]) -> dict[str, Any]:
        """Have the database take its time."""
        call.session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": call.path["milliseconds"] / 1000})
        return dict(call.path)

    @route("GET", "/sorting/page", allow=SORTERS, sign_in_at="/sign-in")
    def page(self, call: Call[None]) -> Content:
        """A page for people."""
        return Content(f"<p>{call.actor.subject}", "text/html; charset=utf-8")


class CountingService(Probes):
    """Receives, one event at a time and in batches."""

    name = "counting"
    projections = (Effect.__table__,)

    @subscribe(ParcelSorted)
    def on_parcel_sorted(self, session: Session, delivery: Delivery[Any]) -> None:
        """Note the effect."""
        note(session, delivery)

    @subscribe_batch(ParcelWeighed)
    def on_parcels_weighed(self, session: Session, deliveries: Iterable[Delivery[Any]]) -> None:
        """Note each effect."""
        for delivery in deliveries:
            note(session, delivery)


def note(session: Session, delivery: Delivery[Any]) -> None:
    """Note one effect; a poisoned parcel fails."""
    log.info("noting")
    if delivery.event.weight == POISON:
        raise RuntimeError("poison")
    envelope = delivery.envelope
    session.add(Effect(event_id=str(envelope.id), subject=envelope.subject, revision=envelope.revision))
    session.flush()
