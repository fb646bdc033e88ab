"""Over HTTP: trusts with their schools, schools with their trusts."""

from tests.enrolment.desk import Desk, problem
from tests.enrolment.register_files import gias, row


def test_over_http_a_trust_has_its_schools_and_a_school_its_trusts(desk: Desk) -> None:
    trust = {"Trusts (code)": "91001", "Trusts (name)": "Wissey"}
    known = row(**trust)
    desk.imports(gias(known))
    desk.imports(gias(known | {"Trusts (code)": "91002", "Trusts (name)": "Lark"}))
    urn = known["URN"]
    assert desk.get(f"schools/{urn}/trusts").json["items"] == [
        {"trust_uid": "91002", "trust_name": "Lark", "from": "2025-09-20", "to": None}
    ]
    reply = desk.get("trusts/91002")
    assert (reply.json["name"], [school["urn"] for school in reply.json["schools"]]) == ("Lark", [urn])
    assert desk.get("trusts/91001").json["schools"] == []
    assert {"91001", "91002"} <= {trust["uid"] for trust in desk.get("trusts?limit=200").json["items"]}


def test_over_http_a_school_has_its_authorities_in_time(desk: Desk) -> None:
    known = row()
    recoded = known | {"LA (code)": "940", "LA (name)": "North"}
    for raw, day in ((gias(known), "2025-03-01"), (gias(recoded), "2025-09-01")):
        desk.made(f"imports/gias?mode=apply&file_date={day}", raw)
    path = f"schools/{known['URN']}/authorities"
    district = {"district_code": "E07000012", "district_name": "South Cambridgeshire", "phase": "primary"}
    first = {"la_code": "873", "la_name": "Cambridgeshire", "from": "2025-03-01", "to": "2025-08-31"}
    second = {"la_code": "940", "la_name": "North", "from": "2025-09-01", "to": None}
    assert desk.get(path).json["items"] == [first | district, second | district]
    assert problem(desk.get("schools/424242/authorities"))[:2] == (404, "unknown_school")


def test_over_http_what_is_unknown_is_said(desk: Desk) -> None:
    assert problem(desk.get("trusts/424242"))[:2] == (404, "unknown_trust")
    assert problem(desk.get("trusts/%00"))[:2] == (404, "not_found")  # no address holds NUL
    assert problem(desk.get("schools/424242/trusts"))[:2] == (404, "unknown_school")
    assert problem(desk.get("trusts?status=asleep"))[0] == 400
