"""Whether a described person is known, new or unclear; no key outweighs a cell that contradicts it."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.evidence import Names, Person, Record, compare, compare_names
from hub_enrolment.domain.matching import Known, New, Unclear, check_new, differences, match, summary, verdict
from hub_kernel.refusals import Conflict

URN, OTHER_URN = "980001", "980002"
TRN, OTHER_TRN = "1234567", "7654321"
OFFICE = "office@s.example"


def person(**changes: Any) -> Person:
    return Person(**_facts(changes))


def record(**changes: Any) -> Record:
    return Record(id=uuid4(), **_facts(changes))


def _facts(changes: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"given": "Anita", "family": "Patel", "email": OFFICE, "urn": URN} | changes
    emails = {facts.pop("email"), *facts.pop("former_emails", ())}
    return facts | {"emails": frozenset(emails), "urns": frozenset({facts.pop("urn")})}


ANITA = record(trn=TRN)
WITHOUT_TRN = record()
MARRIED = record(family="Shah", former_names=("Anita Patel",), former_emails=("ap@s.example",))
MERGED = record(trn=TRN, former_trns=frozenset({OTHER_TRN}), email="new@s.example")


@pytest.mark.parametrize(
    ("row", "known", "outcome"),
    [
        ({}, ANITA, "known"),
        ({"trn": TRN}, ANITA, "known"),
        ({"trn": TRN, "email": "private@p.example"}, ANITA, "known"),
        ({"trn": TRN}, WITHOUT_TRN, "known"),
        ({"given": "ANITA", "family": "patel"}, ANITA, "known"),
        ({"given": "Patel", "family": "Anita"}, ANITA, "known"),
        ({"given": "A."}, ANITA, "known"),
        ({"given": "Raj"}, ANITA, "new"),
        ({"given": "Raj", "family": "Shah"}, ANITA, "new"),
        ({"given": "Raj", "trn": OTHER_TRN}, ANITA, "new"),
        ({"given": "Raj", "trn": TRN}, ANITA, "name_differs"),
        ({"given": "Raj", "family": "Shah", "trn": TRN}, ANITA, "name_differs"),
        ({"family": "Shah"}, ANITA, "name_differs"),
        ({"given": "Annie"}, ANITA, "name_differs"),
        ({"given": "Annie", "trn": OTHER_TRN}, ANITA, "new"),
        ({"given": "Teacher 2"}, record(given="Teacher 1"), "new"),
        ({"trn": OTHER_TRN}, ANITA, "trn_differs"),
        ({"trn": OTHER_TRN, "email": "b@s.example"}, ANITA, "new"),
        ({"urn": OTHER_URN}, ANITA, "school_differs"),
        ({"urn": OTHER_URN, "trn": TRN}, ANITA, "school_differs"),
        ({"urn": OTHER_URN, "email": "b@s.example"}, ANITA, "new"),
        ({"email": "b@s.example"}, ANITA, "same_name_at_school"),
        ({"email": "b@s.example", "given": "A"}, ANITA, "new"),
        ({"family": "Shah", "email": "ap@s.example"}, MARRIED, "known"),
        ({}, MARRIED, "known"),
        ({"trn": OTHER_TRN, "email": "b@s.example"}, MERGED, "known"),
        ({"trn": OTHER_TRN, "given": "Bea", "family": "Woolf", "email": "b@s.example"}, MERGED, "new"),
        ({"given": "", "family": "王"}, record(given="王", family="-"), "known"),
        ({"given": "-", "family": "-"}, record(given="-", family="-"), "known"),
        ({"given": "Анна", "family": "ИВАНОВА"}, record(given="анна", family="Иванова"), "known"),
    ],
)
def test_one_record(row: dict[str, Any], known: Record, outcome: str) -> None:
    said = match(person(**row), [known])
    match said:
        case Known(found):
            assert (outcome, found) == ("known", known)
        case New():
            assert outcome == "new"
        case Unclear(candidates, why):
            assert (outcome, candidates) == (why, (known,))


RAJ = record(given="Raj", trn=OTHER_TRN)
ANN, ANNE = record(given="Ann"), record(given="Anne")
NAMESAKE = record(email="b@s.example", trn=OTHER_TRN)


@pytest.mark.parametrize(
    ("row", "known", "outcome"),
    [
        ({}, [ANITA, RAJ], ANITA),
        ({"given": "Raj"}, [ANITA, RAJ], RAJ),
        ({"given": "Raj", "trn": TRN}, [ANITA, RAJ], "several_match"),
        ({"given": "Anne"}, [ANN, ANNE], ANNE),
        ({"given": "A"}, [ANN, ANNE], "several_with_email"),
        ({}, [ANITA, WITHOUT_TRN], "several_with_email"),
        ({"trn": TRN}, [ANITA, WITHOUT_TRN], ANITA),
        ({}, [ANITA, NAMESAKE], ANITA),
        ({"email": "b@s.example"}, [ANITA, NAMESAKE], NAMESAKE),
        ({"trn": TRN, "email": "b@s.example"}, [ANITA, NAMESAKE], "several_match"),
        ({"trn": OTHER_TRN}, [ANITA, NAMESAKE], "several_match"),
        ({"email": "c@s.example"}, [ANITA, NAMESAKE], "same_name_at_school"),
        ({}, [record(given="Eve", family="Woolf")], None),
        ({}, [], None),
    ],
)
def test_several_records(row: dict[str, Any], known: list[Record], outcome: Record | str | None) -> None:
    for order in (known, known[::-1]):
        said = match(person(**row), order)
        if isinstance(said, Unclear):
            assert (said.why, set(said.candidates)) == (outcome, set(known))
        else:
            assert (said.record if isinstance(said, Known) else None) == outcome


def test_two_rows_of_one_list_with_one_name_and_two_addresses_are_two_people() -> None:
    row = person(email="b@s.example")
    assert isinstance(match(row, [WITHOUT_TRN]), Unclear)
    assert match(row, [WITHOUT_TRN], listed={WITHOUT_TRN.id}) == New()
    assert match(person(), [WITHOUT_TRN], listed={WITHOUT_TRN.id}) == Known(WITHOUT_TRN)


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        (("Ada", "King"), ("King", "Ada"), Names.SAME),
        (("Mary Ann", "Smith"), ("Mary", "Ann Smith"), Names.SAME),
        (("", "Sukarno"), ("Sukarno", ""), Names.SAME),
        (("Jo", "King"), ("Joanna", "King"), Names.ALIKE),
        (("Jo", "King"), ("Bea", "King"), Names.PART),
        (("Jo", "King"), ("Jo", "Lear"), Names.PART),
        (("Jo", ""), ("Eve", ""), Names.OTHER),
        (("", "King"), ("", "Lear"), Names.OTHER),
    ],
)
def test_names_compare(one: tuple[str, str], other: tuple[str, str], names: Names) -> None:
    people = [person(given=given, family=family) for given, family in (one, other)]
    assert compare_names(*people) == compare_names(*people[::-1]) == names


def test_a_former_name_is_like_an_initial_of_it() -> None:
    assert compare_names(person(given="A."), MARRIED) == Names.ALIKE


NAMES = st.sampled_from(["Anita", "Ann", "Anne", "A", "Raj", "", "王", "Анна", "-"])
PEOPLE = st.builds(
    lambda given, family, former, trn, old, email, urn: record(
        given=given,
        family=family or "Patel",
        former_names=former,
        trn=trn,
        former_trns=old,
        email=email,
        urn=urn,
    ),
    NAMES,
    st.sampled_from(["Patel", "Shah", "Иванова", "王"]),
    st.lists(st.sampled_from(["Anita Shah", "Ann Patel", "王"]), max_size=1).map(tuple),
    st.sampled_from([None, TRN, OTHER_TRN]),
    st.frozensets(st.sampled_from([TRN, "1111111"]), max_size=1),
    st.sampled_from([OFFICE, "b@s.example", "c@s.example"]),
    st.sampled_from([URN, OTHER_URN]),
)


@given(one=PEOPLE, other=PEOPLE)
def test_matching_is_symmetric(one: Record, other: Record) -> None:
    assert compare(one, other) == compare(other, one)
    assert verdict(compare(one, other)) == verdict(compare(other, one))


@given(known=PEOPLE)
def test_every_record_is_known_by_its_own_cells(known: Record) -> None:
    assert match(known, [known]) == Known(known)


@given(one=PEOPLE, other=PEOPLE, key=st.sampled_from(["trn", "emails"]))
def test_no_single_changed_key_moves_a_place_to_another_person(one: Record, other: Record, key: str) -> None:
    row = Person(given=one.given, family=one.family, trn=one.trn, emails=one.emails, urns=one.urns)
    changed = {name: getattr(other if name == key else one, name) for name in ("trn", "emails", "urns")}
    said = match(Person(given=one.given, family=one.family, **changed), [one, other])
    if match(row, [one, other]) == Known(one) and said == Known(other):
        # Only a row that says nothing else of `one`: every cell that it has is the other one's, too.
        evidence = compare(Person(given=one.given, family=one.family, **changed), other)
        assert evidence.school
        assert evidence.names >= Names.ALIKE
        assert evidence.dominates(compare(Person(given=one.given, family=one.family, **changed), one))


def test_a_known_person_is_not_registered_again() -> None:
    check_new(New(), person())
    for outcome in (Known(ANITA), Unclear((ANITA,), "same_name_at_school")):
        with pytest.raises(Conflict, match="possible_duplicate") as refused:
            check_new(outcome, person())
        assert "Anita Patel" in refused.value.detail
        assert refused.value.extensions["candidates"] == [summary(ANITA)]
        assert summary(ANITA)["teacher_id"] == str(ANITA.id)
    with pytest.raises(Conflict, match="trn_taken"):
        check_new(Known(ANITA), person(trn=TRN))


@pytest.mark.parametrize(
    ("row", "known", "said"),
    [
        ({}, ANITA, []),
        ({"trn": TRN}, WITHOUT_TRN, ["is added"]),
        ({"trn": OTHER_TRN}, MERGED, ["former", "e-mail address on the record stays"]),
        ({"given": "A"}, ANITA, ["stays Anita Patel"]),
    ],
)
def test_differences_from_the_record_are_listed(row: dict[str, Any], known: Record, said: list[str]) -> None:
    told = differences(person(**row), known)
    assert len(told) == len(said)
    assert all(words in sentence for words, sentence in zip(said, told, strict=True))
