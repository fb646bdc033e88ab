"""A small hub's two years through the services' interfaces: what there is to count, with all that goes wrong.

Authorities 873 and 874 are the hub's, 210 is not. The clock stands at 12 January 2027.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from tests.cases.desk import V1
from tests.cases.register import changed, in_trust, register, schools, succeed
from tests.cases.visiting import TERMS_2025, assigned, log, plan, set_calendar, visited
from tests.figures import groups
from tests.figures.office import Office, at

PRIMARY, SECONDARY, THROUGH = ({"PhaseOfEducation (code)": code} for code in ("2", "4", "7"))
INDEPENDENT: Final = {"TypeOfEstablishment (code)": "11", "EstablishmentTypeGroup (code)": "3"}
FIRST_FILE: Final = date(2025, 9, 1)
RECODED: Final = date(2026, 4, 1)
NEW_YEAR: Final = date(2027, 1, 4)
HALF_TERM: Final = date(2026, 10, 31)
TRUSTS: Final = ("7001", "7002")
PD_DAY: Final = {"theme": "reasoning", "title": "Reasoning", "venue": "Cromwell Hall"}
TERMS: Final = (
    ("2026-09-02", "2026-10-23"),
    ("2026-11-02", "2026-12-18"),
    ("2027-01-04", "2027-02-12"),
    ("2027-02-22", "2027-03-25"),
    ("2027-04-12", "2027-05-28"),
    ("2027-06-07", "2027-07-21"),
)


def fill(office: Office) -> None:
    """Send the commands of both years, in order."""
    _register_schools(office)
    _appoint(office)
    groups.last_year(office)
    groups.this_year(office)
    _open_days(office)
    _support(office)
    _schools_change(office)


def _register_schools(office: Office) -> None:
    in_x, in_y = (in_trust(uid) for uid in TRUSTS)
    fenland = {"DistrictAdministrative (code)": "E07000010", "DistrictAdministrative (name)": "Fenland"}
    kinds: Sequence[tuple[str, int, str, Mapping[str, str]]] = (
        ("primary", 5, "873", PRIMARY),
        ("fenland", 3, "873", PRIMARY | fenland),
        ("x", 2, "873", PRIMARY | in_x),
        ("secondary", 2, "873", SECONDARY | in_x),
        ("through", 1, "873", THROUGH | in_y),
        ("independent", 1, "873", PRIMARY | INDEPENDENT),
        ("peterborough", 5, "874", PRIMARY),
        ("y", 2, "874", SECONDARY | in_y),
        ("elsewhere", 3, "210", PRIMARY),
    )
    for name, count, la_code, columns in kinds:
        office.urns[name] = schools(office.desk, count, la_code, columns, file_date=FIRST_FILE)
    hub = {"id": "cases", "name": "Maths Hub of the Cases", "lead_school_urn": office.urns["secondary"][0]}
    area = {"area_la_codes": ["873", "874"], "excluded_urns": [office.urns["primary"][4]]}
    area["extra_urns"] = [office.urns["elsewhere"][2]]
    reply = office.desk.hub("PUT", f"{V1}/hub", hub | area, If_None_Match="*")
    assert reply.status in {200, 201}, reply.body
    for name in ("primary", "y", "independent"):
        body = {"connected_on": "2025-10-06", "via": "enquiry"}
        office.desk.make(f"schools/{office.urns[name][0]}/connection", body)


def _appoint(office: Office) -> None:
    """Two leads of Work Groups and two PD leads, all but one in the leadership team; one leaves it."""
    homes = [office.urns["secondary"][0], office.urns["peterborough"][0]]
    homes += [office.urns["y"][0], office.urns["fenland"][0]]
    people = [office.desk.people(1, urn=home, at=at(FIRST_FILE))[0] for home in homes]
    office.leads, office.pd_leads = people[:2], people[2:]
    office.desk.lead = office.leads[0]
    roles = ("work_group_lead", "work_group_lead", "pd_lead", "pd_lead")
    for person, role in zip(people, roles, strict=True):
        body = {"teacher_id": person.id, "role": role, "starts_on": "2025-09-01"}
        made = office.desk.make("leaders", body | {"core_leadership": person is not people[2]})
        if person is people[3]:
            office.desk.make(f"leaders/{made['leader_role_id']}/end", {"ends_on": "2026-12-31"})
    body = {"teacher_id": people[0].id, "role": "hub_lead", "starts_on": "2026-09-01"}
    office.desk.make("leaders", body | {"core_leadership": True, "ends_on": "2026-11-30"})


def _open_days(office: Office) -> None:
    """A PD day, a conference and one that was cancelled."""
    people = office.people("primary 3", "fenland 1", "elsewhere 2", "y 0", on=date(2026, 9, 10))
    for kind, day in (("pd_day", date(2026, 11, 20)), ("conference", date(2026, 6, 12))):
        body = {"kind": kind, "on": day.isoformat(), "starts_at": at(day, 9).isoformat()}
        day_id = office.desk.make("pd-days", PD_DAY | body, at=at(day - timedelta(days=30)))["pd_day_id"]
        path = f"{V1}/pd-days/{day_id}"
        tag = office.desk.hub("GET", path).headers["Etag"]
        came = {"teacher_ids": [one.id for one in (people if kind == "pd_day" else people[:2])]}
        reply = office.desk.hub("PUT", f"{path}/register", came, at=at(day, 16), If_Match=tag)
        assert reply.status in {200, 201}, reply.body
    office.desk.make(f"pd-days/{office.desk.pd_day()}/cancellation", {"reason": "weather"})


def _support(office: Office) -> None:
    """Schools with a PD lead: seen in time and late, out of term, excused, missed, planned, cancelled."""
    set_calendar(office.desk, "hub", TERMS, at=at(FIRST_FILE))
    set_calendar(office.desk, "hub", TERMS_2025, year="2025/26", at=at(FIRST_FILE))
    begun = date(2026, 9, 14)
    first = office.pd_leads[0].id
    old = assigned(office.desk, office.urns["primary"][3], date(2025, 9, 15), pd_lead_id=first)
    visited(office.desk, old, date(2025, 10, 1))
    visited(office.desk, old, date(2025, 12, 10), at=at(date(2026, 2, 10)))
    names = ("primary 3", "secondary 1", "peterborough 1", "peterborough 2", "through", "elsewhere 2")
    owed = {name: _assign(office, name, begun, nth // 4) for nth, name in enumerate(names)}
    for name in names[:4]:
        visited(office.desk, owed[name], date(2026, 9, 29))
    visited(office.desk, owed["primary 3"], date(2026, 11, 17))
    visited(office.desk, owed["secondary 1"], date(2026, 12, 15), at=at(date(2027, 1, 11)))
    visited(office.desk, owed["peterborough 1"], date(2026, 10, 28))
    for urn, half_term in ((office.urns["peterborough"][1], "2026-2"), (office.urns["through"][0], "2026-1")):
        body = {"urn": urn, "half_term": half_term, "kind": "visit", "reason": "ofsted"}
        office.desk.hub.make("/visits/v1/exemptions", body, at=at(date(2026, 12, 1)))
    plan(office.desk, owed["primary 3"], date(2027, 1, 20))
    _hand_over(office, owed)
    missed = plan(office.desk, owed["through"], date(2026, 11, 18))
    office.desk.cancel_visit(missed)
    day = date(2026, 11, 24)
    meeting = plan(office.desk, owed["secondary 1"], day, kind="department_pd")
    log(office.desk, meeting, day, staff_present=4, department_size=6)


def _hand_over(office: Office, owed: Mapping[str, str]) -> None:
    """One school gets another PD lead in December, another one is left without."""
    first, second = (f"/visits/v1/assignments/{owed[name]}" for name in ("peterborough 1", "elsewhere 2"))
    when = at(date(2026, 12, 1))
    body = {"pd_lead_id": office.pd_leads[1].id, "on": "2026-12-07", "reason": "workload"}
    office.desk.hub.make(f"{first}/hand-over", body, at=when)
    office.desk.hub.make(f"{second}/end", {"on": "2026-12-11", "reason": "left"}, at=when)


def _assign(office: Office, name: str, begun: date, lead: int) -> str:
    """Give a school a PD lead; a secondary department is owed meetings besides."""
    kinds = ["visit", "department_pd"] if name.startswith("secondary") else ["visit"]
    lead_id = office.pd_leads[lead].id
    return assigned(office.desk, office.urn(name), begun, pd_lead_id=lead_id, kinds=kinds)


def _schools_change(office: Office) -> None:
    """One becomes an academy, two become one, one closes for good, one changes trusts."""
    primary, peterborough = office.urns["primary"], office.urns["peterborough"]
    succeed(office.desk, "873", {primary[3]: None}, last_day=HALF_TERM, columns=PRIMARY | in_trust(TRUSTS[0]))
    merged = {peterborough[1]: peterborough[3], peterborough[2]: peterborough[3]}
    succeed(office.desk, "874", merged)
    closed = {"EstablishmentStatus (code)": "2", "CloseDate": "31-12-2025"}
    gone = changed(primary[2], "873", file_date=date(2026, 1, 5), **PRIMARY, **closed)
    register(office.desk, [gone], date(2026, 1, 5))
    recoded = changed(office.urns["fenland"][1], "210", file_date=RECODED, **PRIMARY)
    register(office.desk, [recoded], RECODED)
    moved = changed(
        office.urns["secondary"][1], "873", file_date=NEW_YEAR, **SECONDARY, **in_trust(TRUSTS[1])
    )
    register(office.desk, [moved], NEW_YEAR)
