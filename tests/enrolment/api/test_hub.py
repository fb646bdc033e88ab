"""Over HTTP: a hub lead describes the hub and its area."""

from typing import Any

import pytest
from tests.enrolment.desk import V1, Desk, problem
from tests.support.services import Client


def test_over_http_a_hub_lead_describes_the_hub(desk: Desk, hub_lead: Client) -> None:
    (lead_school,) = desk.schools()
    (inside,) = desk.schools(1, EstablishmentName="Areaschool In", **{"LA (code)": "331"})
    (outside,) = desk.schools(1, EstablishmentName="Areaschool Out", **{"LA (code)": "332"})
    body = {"id": "cambridge", "name": "Cambridge", "lead_school_urn": lead_school, "area_la_codes": ["331"]}
    leading = Desk(hub_lead)
    assert problem(desk.get("hub"))[:2] == (404, "hub_not_described")
    assert problem(desk.get("schools?in_area=true"))[:2] == (409, "hub_not_described")
    assert problem(leading.put("hub", body))[:2] == (428, "if_match_required")
    assert problem(desk.put("hub", body, If_None_Match="*"))[:2] == (403, "forbidden")
    first = leading.put("hub", body, If_None_Match="*")
    assert (first.status, first.headers["Etag"], first.json["lead_school_urn"]) == (200, '"1"', lead_school)

    def found(query: str) -> list[str]:
        return [school["urn"] for school in desk.get(f"schools?q=areaschool&{query}").json["items"]]

    assert (found("in_area=true"), found("in_area=false")) == ([inside], [outside])
    wider = body | {"extra_urns": [outside]}
    assert problem(leading.put("hub", wider, If_Match='"2"'))[:2] == (412, "stale")
    assert leading.put("hub", wider, If_Match='"1"').headers["Etag"] == '"2"'
    assert found("in_area=true") == [inside, outside]
    office = {"contact_name": "Hub office", "contact_email": "Office@Hub.example"}
    told = leading.put("hub", wider | office | {"privacy_notice": "We keep what we need."}, If_Match='"2"')
    assert (told.status, told.json["contact_email"]) == (200, "office@hub.example")
    seen = desk.client("GET", f"{V1}/hub").json
    assert (seen["extra_urns"], seen["contact_name"], seen["contact_telephone"]) == (
        [outside],
        "Hub office",
        None,
    )
    assert seen["privacy_notice"] == "We keep what we need."


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"id": "Cam bridge"}, "/id"),
        ({"name": " "}, "/name"),
        ({"area_la_codes": ["8730"]}, "/area_la_codes/0"),
        ({"area_district_codes": ["12"]}, "/area_district_codes/0"),
        ({"extra_urns": ["x"]}, "/extra_urns/0"),
        ({"excluded_urns": ["1" * 7]}, "/excluded_urns/0"),
        ({"lead_school_urn": None}, "/lead_school_urn"),
        ({"name": "Cambridge\nBcc: a@b.example"}, "/name"),
        ({"contact_name": "Hub\r\noffice"}, "/contact_name"),
        ({"contact_email": "office"}, "/contact_email"),
        ({"contact_email": "office@hub.example\nBcc: a@b.example"}, "/contact_email"),
        ({"contact_telephone": "ask Ada"}, "/contact_telephone"),
        ({"privacy_notice": "two\nlines"}, "/privacy_notice"),
        ({"privacy_notice": "x" * 501}, "/privacy_notice"),
        ({"privacy_notice": "http://hub.example/privacy"}, "/privacy_notice"),
    ],
)
def test_over_http_what_is_no_hub_is_422(hub_lead: Client, changes: dict[str, Any], pointer: str) -> None:
    body = {"id": "cambridge", "name": "Cambridge", "lead_school_urn": "100001"} | changes
    assert problem(Desk(hub_lead).put("hub", body, If_None_Match="*")) == (422, "invalid", [pointer])
