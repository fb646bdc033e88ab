"""Import files of the register (GIAS), each whole or not at all; a repeated file changes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.commands.imports import ImportGias
from hub_enrolment.domain.findings import Finding
from hub_enrolment.files.gias_kinds import kind_of
from hub_enrolment.files.reading import RegisterFile
from hub_enrolment.files.tables import Table
from hub_enrolment.models import GiasImport
from hub_enrolment.steps import closed_schools, establishments, successions
from hub_enrolment.steps.closed_schools import SchoolMoves
from hub_enrolment.steps.import_counts import Counts, Run
from hub_enrolment.steps.trusts import import_group_links, import_groups
from hub_enrolment.store import imports as store
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Unknown
from hub_platform.ids import new_id
from hub_platform.turns import in_turns

IMPORTERS: Final[Mapping[str, Callable[[Run, Table], Counts]]] = {
    "establishments": establishments.import_establishments,
    "links": successions.import_links,
    "groups": import_groups,
    "group_links": import_group_links,
}
MOVES_SHOWN: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class Imported:
    """The changes that a file made, or in a preview would make."""

    import_id: UUID | None  # of a file that was applied
    mode: str
    file: str
    rows: int
    created: int
    changed: int
    unchanged: int
    closed: int
    successors: int  # successions that took effect
    skipped: int  # links without a successor, groups that are not trusts
    findings: list[Finding]
    moves: list[SchoolMoves]  # of schools that close: their records before the import

    @property
    def moves_shown(self) -> list[SchoolMoves]:
        """The first schools, as many as one answer shows."""
        return self.moves[:MOVES_SHOWN]


def import_gias(
    session: Session, command: ImportGias, file: RegisterFile, *, now: datetime, by: str
) -> Imported:
    """Import one of the register's files; its header decides which one it is.

    A preview does the same work and rolls it back, so that it shows exactly what an import would do.

    Raises:
        FileRefused: naming column, row and reason; nothing is written.
    """
    table = file.table
    kind = kind_of(table)
    # Tens of thousands of lines; health probes are answered meanwhile.
    table = replace(table, lines=in_turns(table.lines))
    store.lock_imports(session)
    on = command.file_date or day_in_england(now)
    run = Run(session=session, file_date=command.file_date, on=on, now=now, by=by)
    attempt = session.begin_nested()
    counts = IMPORTERS[kind](run, table)
    moves = closed_schools.moves_of(run, closing=counts.closing, concerned=counts.concerned)
    closed_schools.move_all(run)
    if not command.apply:
        attempt.rollback()
        return _imported(counts, kind, None, moves)
    attempt.commit()
    return _imported(counts, kind, _keep(run, file.sha256, kind, counts), moves)


def find_import(session: Session, import_id: UUID) -> GiasImport:
    """Return an applied file.

    Raises:
        Unknown: `unknown_import`.
    """
    found = session.get(GiasImport, import_id)
    if found is None:
        raise Unknown("unknown_import", "There is no such import.")
    return found


def _keep(run: Run, sha256: str, kind: str, counts: Counts) -> UUID:
    known = GiasImport(
        id=new_id(),
        file=kind,
        file_date=run.file_date,
        sha256=sha256,
        rows=counts.rows,
        created=counts.created,
        changed=counts.changed,
        unchanged=counts.unchanged,
        closed=counts.closed,
        successors=counts.successors,
        skipped=counts.skipped,
        findings=len(counts.findings),
        applied_at=run.now,
        applied_by=run.by,
    )
    run.session.add(known)
    run.session.flush()
    store.save_findings(run.session, known.id, counts.findings)
    return known.id


def _imported(counts: Counts, kind: str, import_id: UUID | None, moves: list[SchoolMoves]) -> Imported:
    mode = "preview" if import_id is None else "apply"
    facts = {name: value for name, value in vars(counts).items() if name not in {"closing", "concerned"}}
    return Imported(import_id=import_id, mode=mode, file=kind, moves=moves, **facts)
