"""Whom the hub knows when a new academic year is planned, and who has something to do in it already."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from local.demonstration.people.participants import Participant
from local.demonstration.people.staffroom import Person, Staffroom


class Acquaintances:
    """Finds people of a school: those who are known before anybody new."""

    def __init__(
        self,
        maths_leads: Mapping[str, Person],
        stayed: Iterable[Participant],
        staffroom: Staffroom,
        without: Collection[str] = (),
    ) -> None:
        """Begin with last year's people; `without` names those who are no longer where they were."""
        self._staffroom = staffroom
        self._by_school: dict[str, list[Person]] = defaultdict(list)
        self.newcomers: set[str] = set()  # keys of people whom the hub does not know yet
        self._busy: set[str] = set()
        known = dict.fromkeys([*maths_leads.values(), *(one.person for one in stayed)])
        for person in known:
            if person.key not in without:
                self._by_school[person.urn].append(person)

    def begin_year(self) -> None:
        """Nobody has anything to do yet, and everybody is known."""
        self._busy.clear()

    def schools(self) -> Sequence[str]:
        """The schools of which somebody is known, in the order of their numbers."""
        return sorted(urn for urn, people in self._by_school.items() if people)

    def take(self, urn: str, kind: str) -> Person:
        """Somebody of a school who has nothing to do yet, or somebody new there."""
        found = self.find(urn)
        if found is None:
            found = self._staffroom.hire(urn, "class_teacher", kind)
            self.newcomers.add(found.key)
            self._by_school[urn].append(found)
        self._busy.add(found.key)
        return found

    def borrow(self, urn: str) -> Person | None:
        """Somebody of a school whom the hub knows and who has nothing to do yet; they have from now on."""
        found = self.find(urn)
        if found is not None:
            self._busy.add(found.key)
        return found

    def find(self, urn: str) -> Person | None:
        """Somebody of a school whom the hub knows and who has nothing to do yet."""
        return next((one for one in self._by_school[urn] if one.key not in self._busy), None)
