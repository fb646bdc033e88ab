"""Steps of hub staff through the HTTP interfaces, in the terms of the cases."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from tests.cases.hub import RunningHub
from tests.cases.messages import Entry, Received, entries, in_words
from tests.enrolment.register_files import gias, row
from tests.support.services import Reply
from tests.support.waiting import wait_until

V1: Final = "/enrolment/v1"
OPENS: Final = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
CLOSES: Final = datetime(2027, 5, 28, 16, 0, tzinfo=UTC)
FIRST: Final = datetime(2027, 2, 23, 13, 30, tzinfo=UTC)  # a Tuesday
FORTNIGHT: Final = timedelta(days=14)
HALF_TERMS: Final = [
    ("2026-09-02", "2026-10-23"),
    ("2026-11-02", "2026-12-18"),
    ("2027-01-04", "2027-02-12"),
    ("2027-02-22", "2027-03-25"),
    ("2027-04-12", "2027-05-28"),
    ("2027-06-07", "2027-07-21"),
]
AGREED: Final = {
    "head_agreed_by": "Grace Head",
    "head_agreed_at": "2027-01-11T09:00:00Z",
    "agreement_version": "2027.1",
}

numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """A registered teacher with their id and e-mail address."""

    id: str
    email: str
    given: str
    urn: str


@dataclass
class Group:
    """A Work Group with the places that were given on it."""

    id: str
    places: dict[str, str] = field(default_factory=dict)  # teacher → enrolment
    session_ids: list[str] = field(default_factory=list)


@dataclass
class Desk:
    """Hub staff, and what arrives at the mail server."""

    hub: RunningHub

    def post(self, path: str, body: Any, *, at: datetime | None = None) -> Reply:
        """Send a command that may be refused."""
        return self.hub("POST", f"{V1}/{path}", body, at=at)

    def make(self, path: str, body: Any, *, at: datetime | None = None) -> Any:
        """Send a command that must be accepted."""
        return self.hub.make(f"{V1}/{path}", body, at=at)

    def change(self, path: str, body: Any) -> Reply:
        """Change something as it is now."""
        tag = self.hub("GET", f"{V1}/{path}").headers["Etag"]
        return self.hub("PATCH", f"{V1}/{path}", body, If_Match=tag)

    def schools(self, count: int = 1) -> list[str]:
        """Import new schools; their URNs."""
        rows = [row() for _ in range(count)]
        self.make("imports/gias?mode=apply", gias(*rows))
        return [one["URN"] for one in rows]

    def people(self, count: int, **changes: Any) -> list[Person]:
        """Register new teachers of a new school."""
        urn = changes.pop("urn", None) or self.schools()[0]
        return [self._person(urn, **changes) for _ in range(count)]

    def _person(self, urn: str, *, at: datetime | None = None, **changes: Any) -> Person:
        number = next(numbers)
        body = {"given": f"Given{number}", "family": "Case", "email": f"t{number}@school-{urn}.example"}
        body |= {"urn": urn, "role": "class_teacher"} | changes
        made = self.make("teachers", body, at=at)
        return Person(made["teacher_id"], made["email"], made["given"], urn)

    @cached_property
    def lead(self) -> Person:
        """Return a person with the roles of Work Group lead and PD lead, registered at the first use."""
        (person,) = self.people(1)
        for role in ("work_group_lead", "pd_lead"):
            body = {"teacher_id": person.id, "role": role, "starts_on": "2025-09-01"}
            self.make("leaders", body | {"core_leadership": role == "pd_lead"})
        return person

    def programme(self, year: str = "2026/27") -> str:
        """A programme; its id."""
        body = {"title": "Continuity", "academic_year": year, "strand": "continuity"}
        made = self.make("programmes", body | {"phases": ["primary", "secondary"]})
        return str(made["programme_id"])

    def group(self, people: Sequence[Person] = (), *, at: datetime | None = None, **changes: Any) -> Group:
        """Open a Work Group, and enrol some people."""
        body: dict[str, Any] = {"title": f"Ratio and proportion {next(numbers)}", "lead_ids": [self.lead.id]}
        body |= {"opens_at": OPENS.isoformat(), "closes_at": CLOSES.isoformat()} | changes
        body.setdefault("programme_id", None)
        body["programme_id"] = body["programme_id"] or self.programme()
        group = Group(self.make("work-groups", body, at=at)["work_group_id"])
        self.enrol(group, *people, at=at)
        return group

    def enrol(self, group: Group, *people: Person, at: datetime | None = None) -> None:
        """Give people places."""
        for person in people:
            body = {"teacher_id": person.id, "role": "participant"}
            made = self.make(f"work-groups/{group.id}/enrolments", body, at=at)
            group.places[person.id] = made["enrolment_id"]

    def series(self, group: Group, count: int, **changes: Any) -> list[date]:
        """Schedule a session every other Tuesday afternoon; their days."""
        body: dict[str, Any] = {"pattern": {"repeats": "weekly", "every": 2, "weekday": "tuesday"}}
        body |= {"first_on": FIRST.date().isoformat(), "count": count, "mode": "in_person"}
        body |= {"starts": "13:30", "ends": "16:00"} | changes
        made = self.make(f"work-groups/{group.id}/session-series", body)["sessions"]
        group.session_ids += [one["session_id"] for one in made]
        return [datetime.fromisoformat(one["starts_at"]).date() for one in made]

    def session(
        self, group: Group, starts_at: datetime = FIRST, *, at: datetime | None = None, **changes: Any
    ) -> str:
        """Schedule one session of two hours; its id."""
        body = times(starts_at) | {"mode": "in_person"} | changes
        made = str(self.make(f"work-groups/{group.id}/sessions", body, at=at)["session_id"])
        group.session_ids.append(made)
        return made

    def move(self, session_id: str, starts_at: datetime) -> Reply:
        """Give a session another time."""
        return self.post(f"sessions/{session_id}/reschedule", times(starts_at))

    def cancel(self, group: Group, reason: str = "funding") -> None:
        """Cancel a Work Group."""
        self.make(f"work-groups/{group.id}/cancellation", {"reason": reason})

    def withdraw(self, group: Group, person: Person) -> None:
        """Withdraw a participant."""
        self.make(f"enrolments/{group.places[person.id]}/withdrawal", {"reason": "workload"})

    def wait_for_place(self, group: Group, person: Person) -> str:
        """Put a teacher on the waiting list; the entry's id."""
        body = {"teacher_id": person.id, "role": "participant"}
        return str(self.make(f"work-groups/{group.id}/waiting-list", body)["waiting_id"])

    def apply(self, group: Group, *people: Person) -> str:
        """Submit the application of a school; its id."""
        asked = [{"teacher_id": person.id, "role": "participant"} for person in people]
        body = {"urn": people[0].urn, "participants": asked}
        draft = str(self.make(f"work-groups/{group.id}/applications", body)["application_id"])
        self.make(f"applications/{draft}/submission", AGREED)
        return draft

    def pd_day(self, **changes: Any) -> str:
        """Open a PD day; its id."""
        body = {"kind": "pd_day", "theme": "reasoning", "title": "Reasoning for all", "on": "2027-03-10"}
        body |= {"starts_at": "2027-03-10T09:30:00Z", "venue": "Cromwell Hall"} | changes
        return str(self.make("pd-days", body)["pd_day_id"])

    def assignment(self) -> str:
        """Give a new school the PD lead; the assignment's id."""
        terms = [
            {"n": n, "starts_on": starts, "ends_on": ends, "non_school_days": []}
            for n, (starts, ends) in enumerate(HALF_TERMS, start=1)
        ]
        calendar = {"academic_year": "2026/27", "half_terms": terms}
        reply = self.hub("PUT", "/visits/v1/calendars/hub", calendar, If_None_Match="*")
        assert reply.status in {201, 412}, reply.body  # 412: another case has set it
        (urn,) = self.schools()
        body = {"urn": urn, "pd_lead_id": self.lead.id, "programme": "intensive", "starts_on": "2027-01-11"}

        def assigned() -> Any:
            reply = self.hub("POST", "/visits/v1/assignments", body)
            return reply.json if reply.status == 201 else None  # visits has not received both yet

        return str(wait_until(assigned, deadline=20, interval=0.2)["assignment_id"])

    def visit(self, assignment_id: str, planned_at: datetime) -> str:
        """Plan a visit; its id."""
        body = {"assignment_id": assignment_id, "planned_at": planned_at.isoformat(), "kind": "support"}
        return str(self.hub.make("/visits/v1/visits", body)["visit_id"])

    def cancel_visit(self, visit_id: str) -> None:
        """Cancel a planned visit."""
        self.hub.make(f"/visits/v1/visits/{visit_id}/cancellation", {"reason": "snow"})

    def settle(self, *people: Person, deadline: float = 150.0) -> int:
        """Wait until nothing is left to be sent to these people; how many messages there are by now."""
        self.hub.settle({person.id for person in people}, deadline=deadline)
        return len(self.hub.mail.received)

    def inbox(self, person: Person, since: int = 0) -> list[Received]:
        """Return the messages that a person received after the first `since` messages of the hub."""
        return self.hub.mail.to(person.email, since=since)

    def read(self, person: Person, since: int = 0) -> list[Received]:
        """Return the e-mails in words that a person received."""
        return in_words(self.inbox(person, since))

    def calendar(self, person: Person) -> dict[str, Entry]:
        """Return the entries of a person's calendar."""
        return entries(self.inbox(person))


def times(starts_at: datetime) -> dict[str, str]:
    """Return start and end of a session of two hours."""
    return {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=2)).isoformat()}
