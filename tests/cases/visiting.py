"""PD leads, visits and what schools are owed, as visits and as reporting say it."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

from tests.cases.answers import LAST_YEAR, THIS_YEAR, report
from tests.cases.desk import Desk
from tests.support.services import Reply
from tests.support.waiting import wait_until

Terms = Sequence[tuple[str, str]]
TERMS_2025: Final = (
    ("2025-09-02", "2025-10-24"),
    ("2025-11-03", "2025-12-19"),
    ("2026-01-05", "2026-02-13"),
    ("2026-02-23", "2026-03-27"),
    ("2026-04-13", "2026-05-22"),
    ("2026-06-01", "2026-07-21"),
)
NOT_RECEIVED_YET: Final = {"unknown_school", "unknown_pd_lead"}  # visits learns of both by events


def noon(day: date) -> datetime:
    """The middle of a school day."""
    return datetime.combine(day, time(12, 0), UTC)


def set_calendar(
    desk: Desk, scope: str, terms: Terms, *, year: str = "2026/27", replaces: bool = False, at: Any = None
) -> None:
    """Give a scope its half terms."""
    named = [
        {"n": n, "starts_on": starts, "ends_on": ends, "non_school_days": []}
        for n, (starts, ends) in enumerate(terms, start=1)
    ]
    path = f"/visits/v1/calendars/{scope}"
    headers = {"If_None_Match": "*"}
    if replaces:
        headers = {"If_Match": desk.hub("GET", f"{path}?academic_year={year}").headers["Etag"]}
    reply = desk.hub("PUT", path, {"academic_year": year, "half_terms": named}, at=at, **headers)
    assert reply.status in {200, 201}, reply.body


def assign(
    desk: Desk, urn: str, starts_on: date, *, pd_lead_id: str = "", at: Any = None, **changes: Any
) -> Reply:
    """Assign a PD lead to a school after visits has received both; return the response."""
    body = {"urn": urn, "pd_lead_id": pd_lead_id or desk.lead.id, "programme": "intensive"}
    body |= {"starts_on": starts_on.isoformat()} | changes

    def answered() -> Reply | None:
        reply = desk.hub("POST", "/visits/v1/assignments", body, at=at)
        return None if reply.json.get("code") in NOT_RECEIVED_YET else reply

    found: Reply = wait_until(answered, deadline=20, interval=0.1)
    return found


def assigned(desk: Desk, urn: str, starts_on: date, **changes: Any) -> str:
    """Give a school a PD lead; the assignment's id."""
    reply = assign(desk, urn, starts_on, at=min(noon(starts_on), desk.hub.now), **changes)
    assert reply.status == 201, reply.body
    return str(reply.json["assignment_id"])


def plan(desk: Desk, assignment_id: str, day: date, *, kind: str = "support") -> str:
    """Plan a visit, on its day or today; its id."""
    body = {"assignment_id": assignment_id, "planned_at": noon(day).isoformat(), "kind": kind}
    return str(desk.hub.make("/visits/v1/visits", body, at=min(noon(day), desk.hub.now))["visit_id"])


def log(desk: Desk, visit_id: str, day: date, *, at: datetime | None = None, **changes: Any) -> Any:
    """Log a visit of a day, at that noon or at another time; visits' answer."""
    body = {"happened_on": day.isoformat(), "half_days": 1, "focus": ["tfm"], "people_met": ["maths_lead"]}
    return desk.hub.make(f"/visits/v1/visits/{visit_id}/log", body | changes, at=at or noon(day))


def visited(desk: Desk, assignment_id: str, day: date, *, at: datetime | None = None) -> str:
    """Plan and log a visit; its id."""
    visit_id = plan(desk, assignment_id, day)
    log(desk, visit_id, day, at=at)
    return visit_id


def owed(desk: Desk, urns: Collection[str]) -> dict[tuple[str, str], str]:
    """How the obligations of some schools stand, as visits says: by the school that stands and half term.

    In reporting's words: met, late, excused, missed, planned or to come.
    """
    found = {}
    for urn in urns:
        for one in desk.hub("GET", f"/visits/v1/obligations?urn={urn}&limit=100").json["items"]:
            status = "late" if one["status"] == "met" and one["late"] else one["status"]
            if status in {"open", "due_soon"}:
                status = "planned" if one["planned"] else "to come"
            found[one.get("standing_urn", one["urn"]), one["half_term"]] = status
    return found


def reported(desk: Desk, la_code: str, *, year: str = "2026/27") -> dict[tuple[str, str], str]:
    """How the obligations of an authority's schools stand, as reporting says."""
    period = THIS_YEAR if year == "2026/27" else LAST_YEAR
    answer = report(desk.hub, "visit-compliance", f"la:{la_code}", period=period)
    words = {"open": "to come", "ahead": "to come"}
    return {(one["urn"], one["half_term"]): words.get(one["status"], one["status"]) for one in answer["rows"]}
