"""Registered people at the start of an academic year; each gets one task in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from hub_demo.people.participants import Participant
from hub_demo.people.staffroom import Person, Staffroom


class Acquaintances:
    """Finds people of a school: registered ones first, then new ones."""

    def __init__(
        self,
        maths_leads: Mapping[str, Person],
        stayed: Iterable[Participant],
        staffroom: Staffroom,
        without: Collection[str] = (),
    ) -> None:
        """Start with last year's people; `without` are keys of people who changed their school."""
        self._staffroom = staffroom
        self._by_school: dict[str, list[Person]] = defaultdict(list)
        self.newcomers: set[str] = set()  # keys of people who are not registered yet
        self._busy: set[str] = set()
        known = dict.fromkeys([*maths_leads.values(), *(one.person for one in stayed)])
        for person in known:
            if person.key not in without:
                self._by_school[person.urn].append(person)

    def begin_year(self) -> None:
        """Mark all people as free."""
        self._busy.clear()

    def schools(self) -> Sequence[str]:
        """URNs of schools with registered people, sorted."""
        return sorted(urn for urn, people in self._by_school.items() if people)

    def take(self, urn: str, kind: str) -> Person:
        """Return a free person of a school, or a new one, and mark the person as busy."""
        found = self.find(urn)
        if found is None:
            found = self._staffroom.hire(urn, "class_teacher", kind)
            self.newcomers.add(found.key)
            self._by_school[urn].append(found)
        self._busy.add(found.key)
        return found

    def borrow(self, urn: str) -> Person | None:
        """Return a free registered person of a school and mark the person as busy; None without one."""
        found = self.find(urn)
        if found is not None:
            self._busy.add(found.key)
        return found

    def find(self, urn: str) -> Person | None:
        """Return a free registered person of a school; None without one."""
        return next((one for one in self._by_school[urn] if one.key not in self._busy), None)
