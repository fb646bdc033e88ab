"""What happens to the records of people: a duplicate, a change of school, an export, an erasure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from local.demonstration.commands import Command, Made
from local.demonstration.half_terms import moment
from local.demonstration.participants import Participant
from local.demonstration.people import Person

TEACHERS: Final = "/enrolment/v1/teachers"
FOUND: Final = moment(date(2025, 11, 12), 10)
NEW_SCHOOL_FROM: Final = date(2026, 1, 5)
MOVE_NOTED: Final = moment(date(2026, 1, 8), 11)
EXPORTED: Final = moment(date(2026, 7, 21), 14)
# After the last group has been closed, so that nothing else is about somebody whose id nobody gives any more.
ERASED: Final = moment(date(2026, 7, 24), 13)


def records(stay: Sequence[Participant], leaver: Person) -> Iterator[Command]:
    """All of it.

    Args:
        stay: participants who hold their places to the end, of schools that do not change their number.
        leaver: somebody who has given a place up.
    """
    qualified = [one.person for one in stay if one.person.trn is not None and not one.is_first]
    twice = qualified[0]
    moving = next(person for person in qualified if person.urn != twice.urn)
    school = next(one.person for one in stay if one.person.urn not in {twice.urn, moving.urn})
    yield from _merged(twice)
    yield _moved(moving, school.urn)
    yield from _erased(leaver)


def _merged(person: Person) -> Iterator[Command]:
    """Somebody was put down a second time without a reference number; both records become one."""
    double = f"{person.key}/double"
    body = {name: getattr(person, name) for name in ("given", "family", "email", "urn", "role")}
    pair = {"from_id": Made(double), "into_id": Made(person.key)}
    yield _command(double, FOUND, TEACHERS, body, gives="teacher_id", after=(person.key,))
    yield _look(f"{double}/found", FOUND + timedelta(minutes=20), f"{TEACHERS}/duplicates", double)
    for minutes, dry_run in ((25, True), (30, False)):
        yield _command(
            f"{double}/{'preview' if dry_run else 'merger'}",
            FOUND + timedelta(minutes=minutes),
            f"{TEACHERS}/merges",
            pair | {"dry_run": dry_run},
            lane=double,
            announces=int(not dry_run),
        )


def _moved(person: Person, to_urn: str) -> Command:
    """Somebody begins at another school after Christmas; the place keeps the school of its day."""
    body = {
        "from_urn": person.urn,
        "to_urn": to_urn,
        "role": person.role,
        "moved_on": NEW_SCHOOL_FROM.isoformat(),
    }
    return _command(f"{person.key}/move", MOVE_NOTED, f"{TEACHERS}/{{{person.key}}}/moves", body)


def _erased(person: Person) -> Iterator[Command]:
    """Who has left asks what is held of them, and then to be forgotten."""
    path = f"{TEACHERS}/{{{person.key}}}"
    yield _look(f"{person.key}/export", EXPORTED, f"{path}/subject-access", person.key)
    yield _command(
        f"{person.key}/erasure", ERASED, f"{path}/anonymisation", {"reason": "asked_for"}, lane=person.key
    )


def _command(
    key: str, at: datetime, path: str, body: dict[str, Any], *, lane: str = "", **others: Any
) -> Command:
    return Command(
        key=key, at=at, service="enrolment", method="POST", path=path, body=body, lane=lane or key, **others
    )


def _look(key: str, at: datetime, path: str, lane: str) -> Command:
    return Command(
        key=key, at=at, service="enrolment", method="GET", path=path, body={}, lane=lane, announces=0
    )
