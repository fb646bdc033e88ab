"""The hub's description: name, lead school, office and area."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import HubDescribed
from hub_enrolment.commands.hub import DescribeHub
from hub_enrolment.domain.hub import check_area, check_revision
from hub_enrolment.models import Hub
from hub_enrolment.store import hub as store
from hub_enrolment.store import trusts as trust_store
from hub_enrolment.store.inserts import insert_unless_taken
from hub_enrolment.store.standing_schools import school_state
from hub_kernel.refusals import Refused, Stale, Unknown
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.json_values import Values


def find_hub(session: Session) -> Hub:
    """Return the hub's description.

    Raises:
        Unknown: `hub_not_described`.
    """
    hub = store.find_hub(session)
    if hub is None:
        raise Unknown(
            "hub_not_described",
            "The hub has not been described yet: its name, lead school and area are missing.",
        )
    return hub


def describe_hub(
    session: Session, command: DescribeHub, *, expected: int | None, now: datetime, by: str
) -> Hub:
    """Set the hub's name, lead school, office and area; equal values change nothing.

    `expected` is the revision that the sender has seen; 0 says "nothing yet".

    Raises:
        Stale: `stale`; Refused: `unknown_school`, `unknown_trust`, `extra_and_excluded`.
    """
    hub = store.find_hub(session, lock=True)
    values = _values(command)
    if hub is not None and all(getattr(hub, name) == value for name, value in values.items()):
        return hub
    check_revision(None if hub is None else hub.revision, expected)
    check_area(command.area)
    school_state(session, command.lead_school_urn, pointer="/lead_school_urn")
    if command.trust_uid is not None and trust_store.find_trust(session, command.trust_uid) is None:
        raise Refused("unknown_trust", f"No trust with the UID {command.trust_uid} is known.", "/trust_uid")
    if hub is None:
        hub = _first(session, values, now=now, by=by)
    else:
        for name, value in values.items():
            setattr(hub, name, value)
        hub.touch(now=now, by=by)
        session.flush()
    told = {name: value for name, value in values.items() if name != "id"}
    outbox.record(session, HubDescribed(**told), occurred_at=now, by=by)
    return hub


def _first(session: Session, values: Values, *, now: datetime, by: str) -> Hub:
    """Save the first description, unless another request has saved one meanwhile."""
    if not insert_unless_taken(session, Hub(sole=True, **values, **made(now, by)), "sole"):
        raise Stale("stale", "The hub has been described since you looked.")
    return find_hub(session)


def _values(command: DescribeHub) -> Values:
    """Return the columns to store; lists are sorted without repeats, so that equal areas compare equal."""
    return {
        name: sorted(set(value)) if isinstance(value, list) else value
        for name, value in asdict(command).items()
    }
