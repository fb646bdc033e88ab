"""Pairs of records that may be of one person: the query says what the rule says."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, schools, teacher

from hub_enrolment.domain.evidence import compare
from hub_enrolment.domain.matching import reasons_for_one
from hub_enrolment.models import SchoolMembership, Teacher
from hub_enrolment.queries.duplicates import list_duplicates
from hub_enrolment.store.matching import record_of
from hub_platform.database import made
from hub_platform.ids import new_id

GIVEN = ("Ann", "Anna", "A.", "Annabel", "Bo", "ANN 2", "Ann-3", "-", "", "Анна", "李")
FAMILY = ("Ann", "Smith", "Smith-Jones", "Jones", "O’Neil", "-", "李", "", "Иванова")
TRNS = ("1234567", "7654321", "1111111")
EMAILS = ("office@s.example", "a@s.example", "b@s.example")
NAMES = st.builds(
    lambda given, family: (given, family), st.sampled_from(GIVEN), st.sampled_from(FAMILY)
).filter(any)
PEOPLE = st.fixed_dictionaries(
    {
        "name": NAMES,
        "email": st.sampled_from(EMAILS),
        "former_emails": st.lists(st.sampled_from(EMAILS), max_size=1),
        "trn": st.sampled_from((None, None, *TRNS)),
        "former_trns": st.lists(st.sampled_from(TRNS), max_size=1),
        "previous_names": st.lists(NAMES.map(" ".join).map(str.strip), max_size=2),
        "schools": st.sets(st.sampled_from((0, 1)), max_size=2),
        "left": st.sampled_from((None, 0, 1)),
    }
)

Person = Mapping[str, Any]


def add(session: Session, urns: list[str], person: Person, taken: set[str]) -> Teacher:
    """Save a person; a TRN that another one has is left out."""
    trn = None if person["trn"] in taken else person["trn"]
    if trn is not None:
        taken.add(trn)
    given, family = person["name"]
    names = ("email", "former_emails", "former_trns", "previous_names")
    record = Teacher(
        id=new_id(), given=given, family=family, trn=trn, trnless=False, phase=None, phone=None,
        contact_opt_out=False, **{name: person[name] for name in names}, **made(NOW, BY),
    )  # fmt: skip
    session.add(record)
    session.flush()
    days = {"starts_on": NOW.date(), "role": "ta"}
    for place in person["schools"]:
        session.add(
            SchoolMembership(
                id=new_id(), teacher_id=record.id, urn=urns[place], ends_on=None, **days, **made(NOW, BY)
            )
        )
    if person["left"] is not None and person["left"] not in person["schools"]:
        session.add(
            SchoolMembership(
                id=new_id(), teacher_id=record.id, urn=urns[person["left"]], ends_on=NOW.date(), **days,
                **made(NOW, BY),
            )
        )  # fmt: skip
    session.flush()
    return record


def by_rule(session: Session, records: list[Teacher]) -> dict[tuple[UUID, UUID], set[str]]:
    """Return the reasons of each pair by the rule."""
    columns = (SchoolMembership.urn, SchoolMembership.role)
    people = []
    for record in sorted(records, key=lambda one: one.id):
        held = select(*columns).where(
            SchoolMembership.teacher_id == record.id, SchoolMembership.ends_on.is_(None)
        )
        people.append(record_of(record, session.execute(held).all()))
    pairs = {(a.id, b.id): set(reasons_for_one(compare(a, b))) for a, b in combinations(people, 2)}
    return {pair: reasons for pair, reasons in pairs.items() if reasons}


def by_query(session: Session) -> dict[tuple[UUID, UUID], set[str]]:
    """Return the reasons of each pair by the query."""
    return {(one.first_id, one.second_id): set(one.reasons) for one in session.scalars(list_duplicates())}


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=200,
    deadline=None,
)
@given(people=st.lists(PEOPLE, min_size=2, max_size=6))
def test_the_query_and_the_rule_say_the_same(session: Session, people: list[Person]) -> None:
    with session.begin_nested() as trial:
        urns = schools(session, 2)
        taken: set[str] = set()
        records = [add(session, urns, person, taken) for person in people]
        assert by_query(session) == by_rule(session, records)
        session.expunge_all()
        trial.rollback()


@pytest.mark.parametrize(
    ("first", "second", "reasons"),
    [
        ({}, {"email": "b@s.example"}, {"same_name_at_school"}),
        ({"given": "G."}, {"given": "Grace", "email": "b@s.example"}, {"same_name_at_school"}),
        ({"given": "Anna"}, {"given": "Andrew", "email": "b@s.example"}, None),
        ({"given": "Raj"}, {"given": "Anita"}, None),
        ({"family": "King"}, {"family": "Lovelace"}, {"same_email"}),
        ({"trn": "1234567"}, {"trn": "7654321"}, {"same_email", "same_name_at_school"}),
        ({"trn": "1234567"}, {"trn": "7654321", "email": "b@s.example"}, None),
    ],
)
def test_a_pair_is_listed_with_its_reasons(
    session: Session, first: Person, second: Person, reasons: set[str] | None
) -> None:
    (school,) = schools(session)
    same = {"email": "office@s.example"}
    one, other = (teacher(session, school, **{**same, **person}) for person in (first, second))
    assert by_query(session) == ({(one, other): reasons} if reasons else {})


@pytest.mark.parametrize(
    ("former", "reasons"),
    [
        ({"previous_names": ["Grace King"]}, {"same_name_at_school"}),
        (
            {"former_emails": ["b@s.example"], "given": "Grace", "family": "King"},
            {"same_email", "same_name_at_school"},
        ),
        (
            {"former_trns": ["1234567"], "given": "Grace", "family": "King"},
            {"same_trn", "same_name_at_school"},
        ),
        ({"former_trns": ["1234567"]}, None),
    ],
)
def test_former_names_addresses_and_trns_count(
    session: Session, former: Person, reasons: set[str] | None
) -> None:
    (school,) = schools(session)
    one = teacher(session, school, given="Ada", family="Lovelace", email="a@s.example")
    other = teacher(session, school, given="Grace", family="King", email="b@s.example", trn="1234567")
    record = session.get_one(Teacher, one)
    for name, value in former.items():
        setattr(record, name, value)
    session.flush()
    assert by_query(session) == ({(one, other): reasons} if reasons else {})


def test_a_pair_that_was_said_to_be_two_people_is_not_listed(session: Session) -> None:
    (school,) = schools(session)
    one = teacher(session, school, email="a@s.example")
    other = teacher(session, school, email="b@s.example")
    assert list(by_query(session)) == [(one, other)]
    session.get_one(Teacher, other).different_from = [one]
    session.flush()
    third = teacher(session, school, email="c@s.example")
    assert sorted(by_query(session)) == [(one, third), (other, third)]
