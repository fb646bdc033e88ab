"""Schools' applications for places."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.applications import OPEN
from hub_enrolment.models import Application, ApplicationParticipant
from hub_platform.paging import where_given


@dataclass(frozen=True)
class WithParticipants:
    """An application with its participants, in order."""

    row: Application
    participants: Sequence[ApplicationParticipant]


def find_application(session: Session, application_id: UUID) -> WithParticipants | None:
    """Return one application, read from the database again; None when it is unknown."""
    row = session.get(Application, application_id, populate_existing=True)
    return None if row is None else describe(session, [row])[0]


def describe(session: Session, rows: Sequence[Application]) -> list[WithParticipants]:
    """Add participants to applications, in one statement for any number of them."""
    ids = [row.id for row in rows]
    found: dict[UUID, list[ApplicationParticipant]] = {id_: [] for id_ in ids}
    for one in session.scalars(
        select(ApplicationParticipant)
        .where(ApplicationParticipant.application_id.in_(ids))
        .order_by(ApplicationParticipant.position)
    ):
        found[one.application_id].append(one)
    return [WithParticipants(row, found[row.id]) for row in rows]


def open_one(session: Session, work_group_id: UUID, urns: Collection[str]) -> Application | None:
    """Return an open application of a school, given by its URNs; the group is locked by the caller."""
    asked = list_applications(work_group_id).where(_OPEN, Application.urn.in_(urns))
    return session.scalars(asked.order_by(Application.id)).first()


def open_ones(session: Session, work_group_id: UUID) -> list[WithParticipants]:
    """Return the open applications for a group, which the caller has locked."""
    rows = session.scalars(list_applications(work_group_id).where(_OPEN).order_by(Application.id)).all()
    return describe(session, rows)


def list_applications(work_group_id: UUID, *, status: str | None = None) -> Select[Application]:
    """Select the applications for one group."""
    return list_all_applications(work_group_id=work_group_id, status=status)


def list_all_applications(
    *, status: str | None = None, urns: Collection[str] | None = None, work_group_id: UUID | None = None
) -> Select[Application]:
    """Select the applications for any group that a list asks for; `urns`: the numbers of one school."""
    statement = where_given(
        select(Application), (Application.status, status), (Application.work_group_id, work_group_id)
    )
    return statement if urns is None else statement.where(Application.urn.in_(urns))


_OPEN = Application.status.in_(OPEN)


def agreement_version(
    session: Session, work_group_id: UUID, urns: Collection[str], *, without: UUID | None = None
) -> str | None:
    """Return the version of the agreement that a school's head gave last for a group; None without one.

    Only accepted applications count. `urns`: the school's, its predecessors' included; `without`: an
    application to leave out.
    """
    statement = (
        select(Application.agreement_version)
        .where(
            Application.work_group_id == work_group_id,
            Application.urn.in_(urns),
            Application.status == "accepted",
        )
        .order_by(Application.decided_at.desc(), Application.id.desc())
        .limit(1)
    )
    if without is not None:
        statement = statement.where(Application.id != without)
    return session.scalar(statement)
