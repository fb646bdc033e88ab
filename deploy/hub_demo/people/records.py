"""Changes of people's records: a merged duplicate, a change of school, an export, an erasure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Unpack

from hub_demo.commands import Command, Details, Fields, Made
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import THURSDAY, WEDNESDAY, HalfTerm, SchoolYear
from hub_demo.groups.year_end import YearEnd
from hub_demo.people.participants import Participant
from hub_demo.people.staffroom import Person

TEACHERS: Final = "/enrolment/v1/teachers"


def records(year: SchoolYear, stay: Sequence[Participant], leaver: Person) -> Iterator[Command]:
    """Yield the commands of all changes.

    Args:
        year: the academic year.
        stay: participants who keep their places to the end, of schools that keep their URN.
        leaver: a participant who has withdrawn.
    """
    qualified = [one.person for one in stay if one.person.trn is not None and not one.is_first]
    twice = qualified[0]
    moving = next(person for person in qualified if person.urn != twice.urn)
    school = next(one.person for one in stay if one.person.urn not in {twice.urn, moving.urn})
    yield from _merged(twice, moment(year.half_term(2).day(2, WEDNESDAY), 10))
    yield _moved(moving, school.urn, year.half_term(3))
    yield from _erased(leaver, YearEnd(year))


def _merged(person: Person, found: datetime) -> Iterator[Command]:
    """Yield commands that register a person twice, the second time without TRN, and merge the records."""
    double = f"{person.key}/double"
    body = {name: getattr(person, name) for name in ("given", "family", "email", "urn", "role")}
    body |= {"different_from": [Made(person.key)]}
    pair = {"from_id": Made(double), "into_id": Made(person.key)}
    yield _command(double, found, TEACHERS, body, gives="teacher_id", after=(person.key,))
    yield _look(f"{double}/found", found + timedelta(minutes=20), f"{TEACHERS}/duplicates", double)
    for minutes, dry_run in ((25, True), (30, False)):
        yield _command(
            f"{double}/{'preview' if dry_run else 'merger'}",
            found + timedelta(minutes=minutes),
            f"{TEACHERS}/merges",
            pair | {"dry_run": dry_run},
            lane=double,
            announces=int(not dry_run),
        )


def _moved(person: Person, to_urn: str, spring: HalfTerm) -> Command:
    """Return the command that moves a person to another school at Christmas; the place keeps its school."""
    body = {
        "from_urn": person.urn,
        "to_urn": to_urn,
        "role": person.role,
        "moved_on": spring.starts_on.isoformat(),
        "keep_email": True,  # confirmed by telephone: the address is the person's own
    }
    noted = moment(spring.day(1, THURSDAY), 11)
    return _command(f"{person.key}/move", noted, f"{TEACHERS}/{{{person.key}}}/moves", body)


def _erased(person: Person, end: YearEnd) -> Iterator[Command]:
    """Yield commands that export and erase the record of a withdrawn participant.

    They come after the closure of the last group, as no later command may name an erased person.
    """
    path = f"{TEACHERS}/{{{person.key}}}"
    yield _look(f"{person.key}/export", moment(end.last_day, 14), f"{path}/subject-access", person.key)
    yield _command(
        f"{person.key}/erasure",
        end.erased,
        f"{path}/anonymisation",
        {"reason": "asked_for"},
        lane=person.key,
    )


def _command(
    key: str, at: datetime, path: str, body: Fields, *, lane: str = "", **others: Unpack[Details]
) -> Command:
    made = Command(key=key, at=at, service="enrolment", method="POST", path=path, body=body, lane=lane or key)
    return replace(made, **others)


def _look(key: str, at: datetime, path: str, lane: str) -> Command:
    return Command(
        key=key, at=at, service="enrolment", method="GET", path=path, body={}, lane=lane, announces=0
    )
