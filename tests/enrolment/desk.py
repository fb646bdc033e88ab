"""A hub administrator working through the service's HTTP interface."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.enrolment.factories import CLOSES, MEETS, MONTH, NOW, OPENS
from tests.enrolment.register_files import gias, row
from tests.support.services import Client, Reply, RunningService

V1 = "/enrolment/v1"
numbers = itertools.count(1)  # each teacher has an e-mail address of their own


def problem(reply: Reply) -> tuple[int, str, list[str]]:
    """Status, code and pointers of a refusal."""
    assert reply.headers["Content-Type"] == "application/problem+json", reply.body
    return reply.status, reply.json["code"], [error["pointer"] for error in reply.json.get("errors", [])]


@dataclass
class Desk:
    """Sends what is needed; gives the answer's JSON of what must succeed."""

    client: Client

    def post(self, path: str, body: Any, *, at: datetime = NOW, **headers: str) -> Reply:
        """Send a command at some time."""
        return self.client("POST", f"{V1}/{path}", body, Hub_Time=at.isoformat(), **headers)

    def put(self, path: str, body: Any, *, at: datetime = NOW, **headers: str) -> Reply:
        """Replace something at some time."""
        return self.client("PUT", f"{V1}/{path}", body, Hub_Time=at.isoformat(), **headers)

    def get(self, path: str) -> Reply:
        """Send a GET request and return the answer's body."""
        return self.client("GET", f"{V1}/{path}")

    def at(self, reply: Reply) -> Reply:
        """Read what an answer says that it made."""
        return self.client("GET", reply.headers["Location"])

    def made(self, path: str, body: Any, *, at: datetime = NOW) -> Any:
        """Send a command that must succeed."""
        reply = self.post(path, body, at=at)
        assert reply.status in {200, 201}, reply.body
        return reply.json

    def imports(self, raw: bytes, mode: str = "apply") -> Any:
        """Import a file of the register."""
        return self.made(f"imports/gias?mode={mode}", raw)

    def schools(self, count: int = 1, **changes: str) -> list[str]:
        """Import that many schools; their URNs."""
        rows = [row(**changes) for _ in range(count)]
        self.imports(gias(*rows))
        return [one["URN"] for one in rows]

    def teacher(self, urn: str, **changes: Any) -> str:
        """Register a teacher, whatever others are called; the id."""
        body = teacher_body(urn, **changes)
        reply = self.post("teachers", body)
        while reply.status == 409 and reply.json["code"] == "possible_duplicate":
            others = [one["teacher_id"] for one in reply.json["candidates"]]
            body["different_from"] = [*body.get("different_from", []), *others]
            reply = self.post("teachers", body)
        assert reply.status == 201, reply.body
        return str(reply.json["teacher_id"])

    def lead(self) -> str:
        """Register a teacher who may lead work groups; the id."""
        teacher_id = self.teacher(self.schools()[0])
        self.made("leaders", leader_body(teacher_id))
        return teacher_id

    def group(self, *, of: dict[str, Any] | None = None, **changes: Any) -> str:
        """Open a work group; its id."""
        programme_id = self.made("programmes", programme_body(**of or {}))["programme_id"]
        lead_ids = changes.pop("lead_ids", None) or [self.lead()]
        body = group_body(programme_id, lead_ids, **changes)
        return str(self.made("work-groups", body)["work_group_id"])

    def enrol(self, group_id: str, teacher_id: str) -> str:
        """Give a teacher a place; its id."""
        body = {"teacher_id": teacher_id, "role": "participant"}
        return str(self.made(f"work-groups/{group_id}/enrolments", body)["enrolment_id"])

    def fill(self, group_id: str, *, teachers_n: int, schools_n: int) -> list[str]:
        """Enrol new teachers of new schools; the places' ids."""
        urns = self.schools(schools_n)
        return [self.enrol(group_id, self.teacher(urns[n % schools_n])) for n in range(teachers_n)]

    def session(self, group_id: str, *, starts_at: datetime = MEETS) -> str:
        """Schedule a session; its id."""
        body = session_body(starts_at)
        return str(self.made(f"work-groups/{group_id}/sessions", body)["session_id"])


def teacher_body(urn: str, **changes: Any) -> dict[str, Any]:
    values = {
        "given": "Ada",
        "family": "Lovelace",
        "email": f"Ada.{next(numbers)}@School.example",
        "urn": urn,
    }
    return values | {"role": "class_teacher"} | changes


def leader_body(teacher_id: str, **changes: Any) -> dict[str, Any]:
    values = {"teacher_id": teacher_id, "role": "work_group_lead", "core_leadership": False}
    return values | {"starts_on": "2025-09-01"} | changes


def programme_body(**changes: Any) -> dict[str, Any]:
    values = {"title": "Continuity", "academic_year": "2025/26", "strand": "continuity"}
    return values | {"phases": ["primary", "secondary"]} | changes


def group_body(programme_id: str, lead_ids: list[str], **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"programme_id": programme_id, "lead_ids": lead_ids, "title": "Ratio"}
    return values | {"opens_at": OPENS.isoformat(), "closes_at": CLOSES.isoformat()} | changes


def session_body(starts_at: datetime = MEETS, **changes: Any) -> dict[str, Any]:
    ends_at = starts_at + timedelta(hours=3)
    values = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "mode": "online"}
    return values | changes


def register_body(places: list[str], mark: str = "present") -> dict[str, Any]:
    return {"marks": [{"enrolment_id": place, "mark": mark} for place in places]}


def participant(teacher_id: str) -> dict[str, str]:
    return {"teacher_id": teacher_id, "role": "participant"}


def application_body(urn: str, teachers: list[str], **changes: Any) -> dict[str, Any]:
    asked = [{"teacher_id": teacher_id, "role": "participant"} for teacher_id in teachers]
    return {"urn": urn, "participants": asked} | changes


def task_body(set_in: str, due: str) -> dict[str, Any]:
    return {"set_in_session_id": set_in, "due_before_session_id": due, "prompt": "Try a bar model."}


def study_body(places: list[str], host_urn: str) -> dict[str, Any]:
    return {
        "host_urn": host_urn,
        "teacher_enrolment_id": places[0],
        "planner_enrolment_ids": places,
        "focus": "reasoning",
        "lesson_at": MEETS.isoformat(),
    }


def day_body(**changes: Any) -> dict[str, Any]:
    return {"kind": "pd_day", "theme": "reasoning", "on": "2025-10-08"} | changes


def ready(desk: Desk, **changes: Any) -> tuple[str, list[str], list[str], str]:
    """A group, its two sessions, two places on it, and their school."""
    group_id = desk.group(**changes)
    places = desk.fill(group_id, teachers_n=2, schools_n=1)
    sessions = [desk.session(group_id, starts_at=at) for at in (MEETS, MEETS + MONTH)]
    return group_id, sessions, places, desk.get(f"enrolments/{places[0]}").json["urn"]


def as_lead(service: RunningService, teacher_id: str) -> Client:
    """The client of one work group lead: the token's subject is the teacher's id."""
    return Client(service.port, service.keys.issue(teacher_id, ("work_group_lead",), timedelta(hours=1)))
