"""Schools are found by the words of a search, by an index."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from tests.enrolment.factories import apply
from tests.enrolment.register_files import gias, row

from hub_enrolment.domain.search import read_search, words
from hub_enrolment.models import School
from hub_enrolment.store import schools as store
from hub_enrolment.store.schools import SchoolFilter
from hub_platform.paging import PageRequest

ELAN = row(
    URN="100001",
    EstablishmentName="St. Élan's C of E (Aided) Primary",
    Postcode="CB2 1AA",
    **{"Trusts (code)": "2044", "Trusts (name)": "THE CAM-OUSE TRUST"},
)


LINTON = row(URN="110623", EstablishmentName="Linton Heights", Postcode="CB23 6EA")


@pytest.fixture(name="known")
def _known(session: Session) -> Session:
    apply(session, gias(ELAN, LINTON))
    return session


def found(session: Session, text: str) -> list[str]:
    statement = store.list_schools(SchoolFilter(words=read_search(text))).order_by(School.urn)
    return [school.urn for school in session.scalars(statement)]


@pytest.mark.parametrize(
    ("text", "urns"),
    [
        ("elan", ["100001"]),
        ("ÉLAN'S", ["100001"]),
        ("elans", ["100001"]),
        ("primary elan st", ["100001"]),
        ("el pri", ["100001"]),
        ("lan", []),
        ("elan linton", []),
        ("cam ouse", ["100001"]),
        ("heights", ["110623"]),
        ("CB23 6EA", ["110623"]),
        ("cb236ea", ["110623"]),
        ("cb236", ["110623"]),
        ("CB23", ["110623"]),
        ("CB2", ["100001"]),
        ("cb2 1", ["100001"]),
        ("cb21aa", ["100001"]),
        ("110623", ["110623"]),
        ("1106", ["110623"]),
        ("10623", []),
        ("linton cb23", ["110623"]),
        ("st' | :* & !", ["100001"]),
    ],
)
def test_schools_are_found(known: Session, text: str, urns: list[str]) -> None:
    assert found(known, text) == urns


def test_a_renamed_school_is_found_by_its_new_name(known: Session) -> None:
    apply(known, gias(LINTON | {"EstablishmentName": "Balsham"}))
    assert (found(known, "balsham"), found(known, "linton")) == (["110623"], [])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40))
def test_python_and_the_database_read_the_same_words(session: Session, text: str) -> None:
    column = School.__table__.c.search.computed
    assert column is not None
    values = sa.values(
        sa.column("urn", sa.Text),
        sa.column("name", sa.Text),
        sa.column("trust_name", sa.Text),
        sa.column("postcode", sa.Text),
        name="schools",
    ).data([("110623", text, sa.cast(None, sa.Text), sa.cast(None, sa.Text))])
    lexemes = sa.func.tsvector_to_array(sa.literal_column(str(column.sqltext)))
    told = session.scalar(sa.select(lexemes).select_from(values))
    assert set(told or []) == {"110623", *words(text)}


def plan_of(session: Session, statement: sa.Select[Any], after: str) -> str:
    """The plan of the query that reads one page, as JSON text."""
    asked: list[Any] = []

    class Listening:
        def scalars(self, made: Any) -> list[Any]:
            asked.append(made)
            return []

    PageRequest(50, (after,)).fetch(Listening(), statement, [School.urn])  # type: ignore[arg-type]
    compiled = asked[0].compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    told = session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}".replace("%", "%%"))
    return json.dumps(told.scalar())


def test_each_page_is_read_by_an_index(session: Session) -> None:
    apply(session, gias(row(URN="100000", **{"Trusts (code)": "1", "Trusts (name)": "One"})))
    columns = [c.name for c in School.__table__.c if c.computed is None and c.name not in {"urn", "name"}]
    session.execute(
        sa.text(
            f"INSERT INTO schools (urn, name, {', '.join(columns)})"  # noqa: S608 - names of our own
            f" SELECT 100000 + n, 'School ' || n, {', '.join(columns)}"
            " FROM schools, generate_series(1, 24000) AS n"
        )
    )
    session.execute(sa.text("UPDATE schools SET la_code = '926', phase = 'secondary' WHERE urn > '123800'"))
    session.execute(sa.text("ANALYZE schools"))
    lists = [
        ({}, "pk_schools"),
        ({"la_code": "926"}, "ix_schools_la_code"),
        ({"phase": "secondary"}, "ix_schools_phase"),
        ({"connected": True}, "ix_schools_connected"),
        ({"words": read_search("15000 linton")}, "ix_schools_search"),
        ({"words": read_search("linton 15000"), "la_code": "873"}, "ix_schools_search"),
        ({"words": read_search("15000")}, "Index Scan"),  # by either: a prefix is thought to be frequent
        ({"words": read_search("school")}, "pk_schools"),
    ]
    for filters, index in lists:
        plan = plan_of(session, store.list_schools(SchoolFilter(**filters)), after="110000")  # type: ignore[arg-type]
        assert "Seq Scan" not in plan, (filters, plan)
        assert index in plan, (filters, plan)
