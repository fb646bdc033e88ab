"""The Work Groups of a small hub: run, closed, at risk, cancelled, recruiting; places that changed hands."""

from collections.abc import Sequence
from datetime import date

from tests.cases.desk import V1, Group, Person
from tests.cases.mail_server import Rule
from tests.figures.office import Office, at


def last_year(office: Office) -> None:
    """A group that was closed, one whose sessions have all been held, and one that met too rarely."""
    programme = office.programme("2025/26")
    begun = date(2025, 9, 15)
    for n, closes in enumerate((True, False, False)):
        names = ("primary 1", "x 0", "peterborough 1", "y 1") if n else ("primary 0", "x 1", "fenland 0")
        people = office.people(*names, "elsewhere 0", on=begun)
        group = office.group(programme, people, begun, lead=n % 2)
        office.confirm(group, date(2025, 9, 22))
        days = [date(2025, 10, 7), date(2026, 1, 13), date(2026, 5, 12)]
        for number, day in enumerate(days):
            session = office.desk.session(group, at(day, 13), at=at(begun))
            if n < 2 or number < 1:
                office.hold(group, session, day, n + number)
        if closes:
            body = {"evaluation_submitted_on": "2026-06-30"}
            office.desk.make(f"work-groups/{group.id}/closure", body, at=at(date(2026, 7, 2)))


def this_year(office: Office) -> None:
    """Groups that run, are at risk, recruit and were cancelled; places that changed hands."""
    begun, programme = date(2026, 9, 7), office.programme("2026/27")
    names = ("primary 0", "primary 1", "fenland 0", "peterborough 0", "through", "x 0", "peterborough 3")
    people = office.people(*names, on=begun)
    running = office.group(programme, people, begun)
    days = [date(2026, 10, 6), date(2026, 11, 10), date(2026, 12, 8), date(2027, 2, 9)]
    sessions = [office.desk.session(running, at(day, 13), at=at(begun)) for day in days]
    office.confirm(running, date(2026, 9, 21))
    _tasks(office, running, sessions)
    office.hold(running, sessions[0], days[0])
    _correct(office, running, sessions[0], people[3])
    office.withdraw(running, people[1], date(2026, 10, 20))
    office.withdraw(running, people[2], date(2026, 10, 21))
    undone = f"enrolments/{running.places[people[2].id]}/withdrawal/undo"
    office.desk.make(undone, {"reason": "withdrawn by mistake"}, at=at(date(2026, 10, 22)))
    late = office.people("peterborough 4", on=date(2026, 11, 3))
    office.desk.enrol(running, *late, at=at(date(2026, 11, 3)))
    office.hold(running, sessions[1], days[1], 1, people[1])
    others = office.people("y 0", "y 1", "elsewhere 1", "primary 2", on=begun)
    other = office.group(programme, others, begun, lead=1)
    office.desk.session(other, at(date(2027, 1, 6), 13), at=at(begun))  # its register is not taken
    _transfer(office, running, people[4], other)
    office.hold(running, sessions[2], days[2], 2, people[1], people[4])
    _at_risk(office, office.programme("2026/27"), begun)
    cancelled = office.group(programme, office.people("primary 2", "primary 4", on=begun), begun)
    office.desk.session(cancelled, at(date(2026, 11, 24), 13), at=at(begun))
    office.desk.make(
        f"work-groups/{cancelled.id}/cancellation", {"reason": "funding"}, at=at(date(2026, 11, 17))
    )


def _tasks(office: Office, group: Group, sessions: Sequence[str]) -> None:
    """Two tasks, each due in the session after the one in which it is set; half of them reported on."""
    for n in (0, 1):
        body = {"set_in_session_id": sessions[n], "due_before_session_id": sessions[n + 1]}
        path = f"work-groups/{group.id}/tasks"
        made = office.desk.make(path, body | {"prompt": "Try it"}, at=at(date(2026, 9, 22)))
        for number, place in enumerate(list(group.places.values())[:5]):
            report = {"status": ("reported", "tried", "discussed")[number % 3], "pupils_n": 3}
            path, when = f"{V1}/tasks/{made['task_id']}/reports/{place}", at(date(2026, 9, 25))
            reply = office.desk.hub("PUT", path, report, at=when, If_None_Match="*")
            assert reply.status in {200, 201}, reply.body


def _correct(office: Office, group: Group, session_id: str, person: Person) -> None:
    """Put a mark right after the register was locked."""
    body = {"enrolment_id": group.places[person.id], "mark": "present", "reason": "register_mistake"}
    office.desk.make(f"sessions/{session_id}/corrections", body, at=at(date(2026, 10, 20)))


def _transfer(office: Office, group: Group, person: Person, other: Group) -> None:
    path = f"enrolments/{group.places[person.id]}/transfer"
    body = {"work_group_id": other.id}
    made = office.desk.make(path, body, at=at(date(2026, 11, 12)))
    other.places[person.id] = made["enrolment_id"]


def _at_risk(office: Office, programme: str, begun: date) -> None:
    """Five people of three schools; two withdraw in December: a teacher and a school are missing."""
    people = office.people("x 1", "secondary 0", "secondary 1", "x 1", "x 1", on=begun)
    group = office.group(programme, people, begun)
    office.confirm(group, date(2026, 9, 28))
    office.withdraw(group, people[1], date(2026, 12, 1))
    office.withdraw(group, people[3], date(2026, 12, 2))
    _merge(office, people[4])
    _fail(office, people[0])


def _merge(office: Office, person: Person) -> None:
    """A second record of a person turns out to be of the same person, with a place on another group."""
    (double,) = office.desk.people(1, urn=person.urn, given=f"{person.given}x", at=at(date(2026, 10, 1)))
    office.group(office.programme("2026/27"), [double], date(2026, 10, 1), lead=1)
    body = {"from_id": double.id, "into_id": person.id, "dry_run": False, "keep_email": True}
    office.desk.make("teachers/merges", body, at=at(date(2026, 10, 8)))


def _fail(office: Office, person: Person) -> None:
    """A message that the mail server refuses for good."""
    office.desk.hub.mail.rules.append(Rule("RCPT", "550 5.1.1 no such user", to=person.email))
    office.group(office.programme("2026/27"), [person], date(2027, 1, 11))
