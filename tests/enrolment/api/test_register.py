"""Over HTTP: the register of schools, and schools."""

import pytest
from tests.enrolment.desk import Desk, problem
from tests.enrolment.register_files import HEADER, gias, links, row, urn

PREVIEW, APPLY = "imports/gias?mode=preview", "imports/gias?mode=apply"


def test_a_preview_and_an_import_count_what_they_find(desk: Desk) -> None:
    raw = gias(row(), row(NumberOfPupils="SUPP"))
    preview = desk.imports(raw, "preview")
    assert (preview["mode"], preview["file"], preview["rows"], preview["created"]) == (
        "preview",
        "establishments",
        2,
        2,
    )
    (finding,) = preview["findings"]
    assert (finding["row"], finding["column"], finding["code"]) == (3, "NumberOfPupils", "not_a_number")
    applied = desk.imports(raw)
    assert preview["import_id"] is None
    assert applied == preview | {"mode": "apply", "import_id": applied["import_id"]}
    again = desk.imports(raw)
    assert again == applied | {"created": 0, "unchanged": 2, "import_id": again["import_id"]}


@pytest.mark.parametrize("mode", [PREVIEW, APPLY])
@pytest.mark.parametrize(
    ("raw", "code", "pointer"),
    [
        (gias(row(), header=HEADER[:-3]), "column_missing", "/rows/1/Easting"),
        (gias(row(), encoding="utf-32"), "file_encoding", "/rows/1/"),
        (gias(row(), row(OpenDate="soon")), "row_broken", "/rows/3/OpenDate"),
        (gias(row(URN="100001"), row(URN="100001")), "urn_repeated", "/rows/3/URN"),
        (b"", "file_empty", "/rows/1/"),
        (gias(), "file_empty", "/rows/2/"),
        (b"a,b\r\n1,2\r\n", "file_unknown", "/rows/1/"),
    ],
)
def test_a_file_with_a_problem_is_refused_naming_column_and_row(
    desk: Desk, mode: str, raw: bytes, code: str, pointer: str
) -> None:
    status, said, pointers = problem(desk.post(mode, raw))
    assert (status, said) == (422, code)
    assert pointer in pointers


def test_a_file_in_utf_16_is_read(desk: Desk) -> None:
    reply = desk.post(PREVIEW, gias(row(), encoding="utf-16"))
    assert (reply.status, reply.json["rows"]) == (200, 1)


@pytest.mark.parametrize("query", ["", "?mode=now", "?mode=apply&file_date=today", "?mode=apply&colour=red"])
def test_a_strange_parameter_of_an_import_is_400(desk: Desk, query: str) -> None:
    assert problem(desk.post(f"imports/gias{query}", gias(row())))[:2] == (400, "bad_parameter")


def test_a_school_is_read_with_its_etag(desk: Desk) -> None:
    (known,) = desk.schools()
    reply = desk.get(f"schools/{known}")
    assert (reply.status, reply.headers["Etag"]) == (200, '"1"')
    assert (reply.json["urn"], reply.json["la_code"], reply.json["phase"]) == (known, "873", "primary")
    assert not {"head_last_name", "telephone"} & reply.json.keys()


def test_an_unknown_urn_is_404_with_its_successor_where_one_is_known(desk: Desk) -> None:
    stranger, successor = urn(), urn()
    assert problem(desk.get(f"schools/{stranger}")) == (404, "unknown_school", [])
    desk.imports(links((stranger, successor, "Successor", "01-09-2025")))
    reply = desk.get(f"schools/{stranger}")
    assert problem(reply)[:2] == (404, "unknown_school")
    assert f"Its successor is {successor};" in reply.json["detail"]
    assert reply.json["errors"] == [{"pointer": "", "detail": f"successor_urn: {successor}"}]


@pytest.mark.parametrize("text", ["abc", "12345678", "１２３４５６", "0"])
def test_what_is_no_urn_is_404(desk: Desk, text: str) -> None:
    path = f"schools/{text}" if text.isascii() else "schools/%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95"
    assert problem(desk.get(path))[:2] == (404, "unknown_school")


def test_no_address_holds_nul(desk: Desk) -> None:
    assert problem(desk.get("schools/%00"))[:2] == (404, "not_found")


def test_schools_are_listed_a_page_at_a_time(desk: Desk) -> None:
    trust = {"Trusts (code)": "90210", "Trusts (name)": "A trust"}
    urns = desk.schools(5, **trust)
    seen, after = [], ""
    while True:
        page = desk.get(f"schools?trust_uid=90210&limit=2{after}").json
        seen += [school["urn"] for school in page["items"]]
        assert len(page["items"]) <= 2
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == sorted(urns)


def test_schools_are_filtered(desk: Desk) -> None:
    common = {"Trusts (code)": "90211", "Trusts (name)": "Another trust"}
    (secondary,) = desk.schools(1, **common, **{"PhaseOfEducation (code)": "4"})
    (closed,) = desk.schools(1, **common, **{"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025"})
    (norfolk,) = desk.schools(1, **common, **{"LA (code)": "926", "LA (name)": "Norfolk"})
    desk.made(f"schools/{norfolk}/connection", {"connected_on": "2025-09-01", "via": "visit"})

    def found(query: str) -> set[str]:
        return {school["urn"] for school in desk.get(f"schools?trust_uid=90211&{query}").json["items"]}

    assert found("phase=secondary") == {secondary}
    assert found("status=closed") == {closed}
    assert found("la_code=926") == {norfolk}
    assert found("connected=true") == {norfolk}
    assert found("connected=false") == {secondary, closed}


@pytest.mark.parametrize(
    "query",
    ["la_code=8730", "phase=upper", "status=gone", "connected=maybe", "limit=0", "after=x", "town=Ely"],
)
def test_a_strange_parameter_of_a_list_is_400(desk: Desk, query: str) -> None:
    assert problem(desk.get(f"schools?{query}"))[0] == 400


def test_a_connection_is_made_once(desk: Desk) -> None:
    (known,) = desk.schools()
    path, body = f"schools/{known}/connection", {"connected_on": "2025-09-15", "via": "enquiry"}
    first = desk.post(path, body)
    assert (first.status, first.headers["Etag"], first.json["connected_on"]) == (201, '"2"', "2025-09-15")
    assert first.headers["Location"] == f"/enrolment/v1/schools/{known}"
    again = desk.post(path, body)
    assert (again.status, again.headers["Etag"], again.json) == (200, '"2"', first.json)
    assert problem(desk.post(path, body | {"via": "visit"})) == (409, "already_connected", [])


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"connected_on": "2025-09-21"}, 422, "connected_in_future", "/connected_on"),
        ({"connected_on": "1999-08-31"}, 422, "school_not_open", "/connected_on"),
        ({"via": "post"}, 422, "invalid", "/via"),
        ({"connected_on": "yesterday"}, 422, "invalid", "/connected_on"),
        ({"urn": "100001"}, 422, "invalid", "/urn"),
    ],
)
def test_a_connection_that_cannot_be_is_refused(
    desk: Desk, changes: dict[str, str], status: int, code: str, pointer: str
) -> None:
    (known,) = desk.schools()
    body = {"connected_on": "2025-09-15", "via": "enquiry"} | changes
    assert problem(desk.post(f"schools/{known}/connection", body)) == (status, code, [pointer])


def test_an_unknown_school_cannot_be_connected(desk: Desk) -> None:
    body = {"connected_on": "2025-09-15", "via": "enquiry"}
    assert problem(desk.post(f"schools/{urn()}/connection", body))[:2] == (404, "unknown_school")
