"""Over HTTP: schools are searched for, filtered and paged."""

import pytest
from tests.enrolment.desk import Desk, problem
from tests.enrolment.register_files import links


def test_over_http_words_are_combined_with_filters_and_paged(desk: Desk) -> None:
    desk.schools(3, EstablishmentName="Wicken Fen Primary")
    (secondary,) = desk.schools(1, EstablishmentName="Wicken Fen", **{"PhaseOfEducation (code)": "4"})
    first = desk.get("schools?q=fen%20WICKEN&limit=3").json
    rest = desk.get(f"schools?q=fen%20WICKEN&limit=3&after={first['next']}").json
    urns = [school["urn"] for school in first["items"] + rest["items"]]
    assert (len(urns), urns, rest["next"]) == (4, sorted(urns), None)
    only = desk.get("schools?q=wicken&phase=secondary").json["items"]
    assert [school["urn"] for school in only] == [secondary]


def test_a_closed_school_is_found_and_names_its_successor(desk: Desk) -> None:
    closed = {"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025"}
    (old,) = desk.schools(1, EstablishmentName="Stokesley Fulbourn", **closed)
    (new,) = desk.schools(1, EstablishmentName="Stokesley Academy")
    desk.imports(links((old, new, "Successor", "01-09-2025")))
    (item,) = desk.get("schools?q=stokesley%20fulbourn").json["items"]
    assert (item["urn"], item["status"], item["successor_urn"]) == (old, "closed", new)


@pytest.mark.parametrize("query", ["q=", "q=%20-%20", f"q={'a' * 101}"])
def test_a_question_without_a_word_is_400(desk: Desk, query: str) -> None:
    assert problem(desk.get(f"schools?{query}")) == (400, "bad_parameter", ["/q"])
