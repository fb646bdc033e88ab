"""The people whom the hub knows at the start of an academic year, each for one task in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from hub_demo.people.participants import Participant
from hub_demo.people.staffroom import Person, Staffroom


class Acquaintances:
    """Finds people of a school: known ones first, then new ones."""

    def __init__(
        self,
        maths_leads: Mapping[str, Person],
        stayed: Iterable[Participant],
        staffroom: Staffroom,
        without: Collection[str] = (),
    ) -> None:
        """Begin with last year's people; `without` are keys of those who have changed their school."""
        self._staffroom = staffroom
        self._by_school: dict[str, list[Person]] = defaultdict(list)
        self.newcomers: set[str] = set()  # keys of people whom the hub does not know yet
        self._busy: set[str] = set()
        known = dict.fromkeys([*maths_leads.values(), *(one.person for one in stayed)])
        for person in known:
            if person.key not in without:
                self._by_school[person.urn].append(person)

    def begin_year(self) -> None:
        """Let everyone be free again."""
        self._busy.clear()

    def schools(self) -> Sequence[str]:
        """The schools with known people, in the order of their numbers."""
        return sorted(urn for urn, people in self._by_school.items() if people)

    def take(self, urn: str, kind: str) -> Person:
        """A person of a school who is free, or a new one; busy from now on."""
        found = self.find(urn)
        if found is None:
            found = self._staffroom.hire(urn, "class_teacher", kind)
            self.newcomers.add(found.key)
            self._by_school[urn].append(found)
        self._busy.add(found.key)
        return found

    def borrow(self, urn: str) -> Person | None:
        """A known person of a school who is free, if there is one; busy from now on."""
        found = self.find(urn)
        if found is not None:
            self._busy.add(found.key)
        return found

    def find(self, urn: str) -> Person | None:
        """A known person of a school who is free, if there is one."""
        return next((one for one in self._by_school[urn] if one.key not in self._busy), None)
