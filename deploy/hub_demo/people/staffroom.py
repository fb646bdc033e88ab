"""Invented teachers: no name, address or reference number belongs to a real person.

Addresses end in example.org, which is reserved for examples (RFC 2606). Reference numbers start with 99,
which numbers given out so far do not.
"""

import random
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from hub_demo.commands import Command
from hub_demo.register.words import FAMILY_HEADS, FAMILY_TAILS, GIVEN_NAMES

FIRST_TRN = 9_900_001
PHASES = {
    "nursery": "early_years",
    "primary": "primary",
    "secondary": "secondary",
    "post16": "post16",
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """An invented member of a school's staff."""

    urn: str
    number: int  # among the invented people of the school
    given: str
    family: str
    role: str
    phase: str
    trn: str | None  # None for teaching assistants

    @property
    def key(self) -> str:
        """Key of the person in the plan."""
        return f"teacher/{self.urn}/{self.number}"

    @property
    def email(self) -> str:
        """E-mail address at the school."""
        return f"{self.given}.{self.family}@school{self.urn}.example.org".lower()


class Staffroom:
    """Invents people with unique names and numbers."""

    def __init__(self, seed: str) -> None:
        names = [
            (given, head + tail) for given, head, tail in product(GIVEN_NAMES, FAMILY_HEADS, FAMILY_TAILS)
        ]
        random.Random(f"{seed}/people").shuffle(names)
        self._names = iter(names)
        self._known: dict[str, int] = {}
        self._next_trn = FIRST_TRN

    def hire(self, urn: str, role: str, kind: str) -> Person:
        """Invent a person at a school of a kind."""
        given, family = next(self._names)
        self._known[urn] = self._known.get(urn, 0) + 1
        trn = None
        if role != "ta":
            trn = str(self._next_trn)
            self._next_trn += 1
        phase = PHASES.get(kind, "unknown")
        return Person(
            urn=urn, number=self._known[urn], given=given, family=family, role=role, phase=phase, trn=trn
        )


def register(person: Person, at: datetime, *, after: tuple[str, ...] = ()) -> Command:
    """Return the command that registers a person."""
    body: dict[str, object] = {
        "given": person.given,
        "family": person.family,
        "email": person.email,
        "urn": person.urn,
        "role": person.role,
        "phase": person.phase,
    }
    body |= {"trnless": True} if person.trn is None else {"trn": person.trn}
    return Command(
        key=person.key,
        at=at,
        service="enrolment",
        method="POST",
        path="/enrolment/v1/teachers",
        body=body,
        lane=person.key,
        gives="teacher_id",
        after=after,
    )
