"""Correct programmes, with the consequences for their Work Groups."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub_enrolment.commands.programmes import ChangeProgramme
from hub_enrolment.domain import programme_changes, programmes
from hub_enrolment.domain.confirmations import Terms
from hub_enrolment.domain.programme_changes import GroupOnProgramme
from hub_enrolment.domain.programmes import Limits, Path, parse_academic_year
from hub_enrolment.models import Programme, ProgrammeChange, WorkGroup
from hub_enrolment.steps.offers import offer_free_places
from hub_enrolment.steps.terms import published_terms, record_change
from hub_enrolment.steps.work_groups import follow_change
from hub_enrolment.store import programmes as store
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.work_groups import Locked
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict, Stale, Unknown
from hub_platform.ids import new_id
from hub_platform.json_values import Values

LIMITS = ("min_schools", "min_teachers", "max_teachers", "max_per_school")
CHECKED = (*LIMITS, "academic_year", "ncp_code", "strand", "prerequisite_strand")


def change_programme(
    session: Session, command: ChangeProgramme, *, expected: int | None, now: datetime, by: str
) -> Programme:
    """Correct a programme and publish the changed terms of its Work Groups.

    `expected` is the revision that the sender has seen. The old values are kept; equal values change
    nothing.

    Raises:
        Unknown: `unknown_programme`; Stale: `stale`; Conflict: `ncp_code_taken`.
        Refused: see `programmes.open_programme`; Conflict: see `programme_changes.check_change`.
    """
    programme = store.lock_programme(session, command.programme_id)
    if programme is None:
        raise Unknown("unknown_programme", "There is no such programme.")
    if programme.revision != expected:
        raise Stale("stale", f"The programme has been changed since; it is at revision {programme.revision}.")
    asked = _asked(programme, command.changes)
    changed = {name: value for name, value in asked.items() if value != getattr(programme, name)}
    groups = store.lock_groups(session, programme.id)
    if not changed:
        return programme
    today = day_in_england(now)
    described = [_described(session, group, programme, changed, day=today) for group in groups]
    after = Terms(
        limits=Limits(**{name: asked.get(name, getattr(programme, name)) for name in LIMITS}),
        required_roles=asked.get("required_roles", programme.required_roles),
    )
    programme_changes.check_change(changed, described, _terms(programme), after)
    leads = {group.id: group_store.lead_ids(session, group.id) for group in groups}
    before = {group.id: published_terms(group, programme, leads[group.id]) for group in groups}
    _save(session, programme, changed, now=now, by=by)
    for group in groups:
        facts = published_terms(group, programme, leads[group.id])
        record_change(session, group.status, before[group.id], facts, now=now, by=by)
        if group.status == "at_risk":
            follow_change(session, Locked(group, programme), now=now, by=by)
        offer_free_places(session, Locked(group, programme), now=now, by=by)
    return programme


def _asked(programme: Programme, changes: Values) -> Values:
    """Return the new values as they are stored, after checking them with the values that stay."""
    values = dict(changes)
    after = {name: values.get(name, getattr(programme, name)) for name in CHECKED}
    year = parse_academic_year(after["academic_year"])
    if after["ncp_code"] is not None:
        values["ncp_code"] = programmes.canonical_ncp_code(after["ncp_code"], year)
    for name in ("phases", "required_roles"):
        if name in values:
            values[name] = list(dict.fromkeys(values[name]))
    programmes.check_limits(Limits(**{name: after[name] for name in LIMITS}))
    programmes.check_prerequisite(after["strand"], after["prerequisite_strand"])
    return values


def _described(
    session: Session, group: WorkGroup, programme: Programme, changed: Values, *, day: date
) -> GroupOnProgramme:
    counted = group_store.count(session, group.id, day=day)
    schools = group_store.schools_on(session, group.id, day=day)
    without: Collection[str] = ()
    if changed.get("prerequisite_strand") is not None:
        path = Path(
            strand=programme.strand,
            year=parse_academic_year(programme.academic_year),
            prerequisite_strand=changed["prerequisite_strand"],
        )
        without = [
            school.urn
            for school in schools
            if not programmes.has_prerequisite(path, store.taken_parts(session, school.urn, day=day))
        ]
    return GroupOnProgramme(
        title=group.title,
        status=group.status,
        capacity=group.capacity,
        counted=counted,
        schools=schools,
        without_prerequisite=without,
    )


def _save(session: Session, programme: Programme, changed: Values, *, now: datetime, by: str) -> None:
    values = {name: [getattr(programme, name), value] for name, value in changed.items()}
    code = changed.get("ncp_code")
    if code is not None and not store.give_ncp_code(session, programme.id, code):
        raise Conflict("ncp_code_taken", f"There is a programme {code} already.", "/ncp_code")
    for name, value in changed.items():
        setattr(programme, name, value)
    programme.touch(now=now, by=by)
    session.add(
        ProgrammeChange(
            id=new_id(),
            programme_id=programme.id,
            revision=programme.revision,
            values=values,
            changed_at=now,
            changed_by=by,
        )
    )
    session.flush()


def _terms(programme: Programme) -> Terms:
    return Terms(limits=group_store.limits_of(programme), required_roles=programme.required_roles)
