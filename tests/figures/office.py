"""Hub staff who fill a small hub: programmes, Work Groups, registers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tests.cases.desk import V1, Desk, Group, Person

MARKS: Final = ("present", "late", "left_early", "absent", "present", "apologies", "present")


def at(day: date, hour: int = 9) -> datetime:
    """An hour of a day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@dataclass
class Office:
    """The hub while it is filled."""

    desk: Desk
    urns: dict[str, list[str]] = field(default_factory=dict)  # by a word for the kind of school
    leads: list[Person] = field(default_factory=list)
    pd_leads: list[Person] = field(default_factory=list)

    def urn(self, name: str) -> str:
        """The school that is named: kind and number."""
        kind, _, number = name.partition(" ")
        return self.urns[kind][int(number or 0)]

    def programme(self, year: str, **terms: Any) -> str:
        """Open a programme with a rule that a few teachers keep."""
        body = {"title": "Continuity", "academic_year": year, "strand": "continuity", "min_teachers": 4}
        body |= {"phases": ["primary", "secondary"], "min_schools": 3, "max_teachers": 7} | terms
        return str(self.desk.make("programmes", body)["programme_id"])

    def people(self, *names: str, on: date) -> list[Person]:
        """One teacher of each school that is named: kind and number."""
        return [self.desk.people(1, urn=self.urn(name), at=at(on))[0] for name in names]

    def group(self, programme: str, people: Sequence[Person], opens: date, lead: int = 0) -> Group:
        """Open a Work Group and enrol people."""
        times = {"opens_at": at(opens).isoformat(), "closes_at": at(opens + timedelta(days=300)).isoformat()}
        lead_ids = [self.leads[lead].id]
        return self.desk.group(
            people, at=at(opens), programme_id=programme, lead_ids=lead_ids, capacity=8, **times
        )

    def confirm(self, group: Group, on: date) -> None:
        """Confirm a Work Group."""
        reason = {"override_reason": "a small group"}
        self.desk.make(f"work-groups/{group.id}/confirmation", reason, at=at(on))

    def hold(self, group: Group, session_id: str, on: date, shift: int = 0, *gone: Person) -> None:
        """Take a register: marks in turn, apologies eight days or two before."""
        marks = []
        there = [place for person, place in group.places.items() if person not in {one.id for one in gone}]
        for n, place in enumerate(there):
            mark: dict[str, Any] = {"enrolment_id": place, "mark": MARKS[(n + shift) % len(MARKS)]}
            if mark["mark"] == "apologies":
                mark["notified_at"] = (at(on, 13) - timedelta(days=8 if shift % 2 else 2)).isoformat()
            marks.append(mark)
        path = f"{V1}/sessions/{session_id}"
        tag = self.desk.hub("GET", path).headers["Etag"]
        reply = self.desk.hub("PUT", f"{path}/register", {"marks": marks}, at=at(on, 17), If_Match=tag)
        assert reply.status in {200, 201}, reply.body

    def withdraw(self, group: Group, person: Person, on: date) -> None:
        """Withdraw a participant."""
        path = f"enrolments/{group.places[person.id]}/withdrawal"
        self.desk.make(path, {"reason": "workload"}, at=at(on))
