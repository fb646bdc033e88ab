"""Writes about one school's links and trusts change only that school's rows."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.changes import changes_of
from tests.enrolment.factories import BY, LATER, apply, establishment
from tests.enrolment.register_files import CLOSED, gias, group_links, links, row

from hub_enrolment.domain.gias_groups import Group
from hub_enrolment.domain.gias_links import Succession
from hub_enrolment.domain.trusts import Membership
from hub_enrolment.store import imports, school_links, trusts

OLD, OTHER, NEW, NEWER = "100001", "100002", "140001", "140002"
ON = "01-09-2025"
CAM = {"Trusts (code)": "2044", "Trusts (name)": "Cam"}
OUSE = {"Trusts (code)": "2055", "Trusts (name)": "Ouse"}


def succession(urn: str, successor_urn: str) -> Succession:
    return Succession(
        urn=urn, successor_urn=successor_urn, link_type="Successor", established_on=date(2025, 9, 1)
    )


@pytest.fixture(name="linked")
def _linked(session: Session) -> Session:
    """Two open schools, each with a successor that is announced for later."""
    apply(session, gias(*(row(URN=urn, **CAM) for urn in (OLD, OTHER, NEW, NEWER))))
    apply(session, links((OLD, NEW, "Successor", ON), (OTHER, NEWER, "Successor", ON)))
    return session


@pytest.mark.parametrize(
    ("write", "columns"),
    [
        (lambda session: school_links.demote(session, [OLD]), {"principal"}),
        (lambda session: school_links.note_merged(session, [OLD]), {"merged"}),
    ],
    ids=["demoted", "merged"],
)
def test_a_link_of_another_school_stays_as_it_is(
    linked: Session, write: Callable[[Session], None], columns: set[str]
) -> None:
    done = changes_of(linked, lambda: write(linked))
    assert done.changed == {("school_links", (OLD, NEW))}
    assert done.columns(("school_links", (OLD, NEW))) == columns


def test_a_link_that_is_not_the_principal_one_is_not_marked_as_merged(linked: Session) -> None:
    apply(linked, links((OLD, NEWER, "Successor", "01-09-2020")))
    done = changes_of(linked, lambda: school_links.note_merged(linked, [OLD]))
    assert done.changed == {("school_links", (OLD, NEW))}


def test_a_changed_link_is_written_with_who_changed_it_and_no_other_is(linked: Session) -> None:
    changed = Succession(urn=OLD, successor_urn=NEW, link_type="Merged", established_on=None)
    done = changes_of(
        linked, lambda: school_links.save(linked, [changed], {OLD: changed}, now=LATER, by=BY + " two")
    )
    assert done.changed == {("school_links", (OLD, NEW))}
    after = done.after["school_links", (OLD, NEW)]
    assert (after["link_type"], after["established_on"], after["principal"]) == ("Merged", None, True)
    assert (after["changed_at"], after["changed_by"]) == (LATER, BY + " two")


def test_only_the_succession_of_a_school_that_has_closed_takes_effect(linked: Session) -> None:
    apply(linked, gias(row(URN=OLD, **CAM) | CLOSED))
    done = changes_of(linked, lambda: school_links.take_effect(linked, on=LATER.date()))
    assert done.changed == set(), "the import has let it take effect already, and that of no other"
    known = {row: values["announced"] for row, values in done.after.items() if row[0] == "school_links"}
    assert known == {("school_links", (OLD, NEW)): True, ("school_links", (OTHER, NEWER)): False}


def test_only_a_school_whose_successor_changes_gets_a_new_revision(linked: Session) -> None:
    school_links.demote(linked, [OLD])
    done = changes_of(linked, lambda: school_links.refresh_schools(linked, now=LATER, by="refresher"))
    assert done.changed == {("schools", (OLD,))}
    before, after = done.before["schools", (OLD,)], done.after["schools", (OLD,)]
    assert (before["successor_urn"], after["successor_urn"]) == (NEW, None)
    assert after["revision"] == before["revision"] + 1
    assert (after["changed_at"], after["changed_by"]) == (LATER, "refresher")


def test_an_import_changes_the_schools_of_its_file_only(linked: Session) -> None:
    renamed = establishment(urn=OLD, name="Another name")
    done = changes_of(linked, lambda: imports.save_schools(linked, [renamed], now=LATER, by="importer"))
    assert done.changed == {("schools", (OLD,))}
    before, after = done.before["schools", (OLD,)], done.after["schools", (OLD,)]
    assert (after["name"], after["revision"]) == ("Another name", before["revision"] + 1)
    assert (after["changed_at"], after["changed_by"]) == (LATER, "importer")


def test_a_school_that_the_register_confirms_keeps_its_revision_and_who_changed_it(linked: Session) -> None:
    seen = establishment(urn=OLD, last_changed=date(2025, 9, 19))
    done = changes_of(linked, lambda: imports.confirm_schools(linked, [seen], now=LATER, by="importer"))
    assert done.changed == {("schools", (OLD,))}
    assert done.columns(("schools", (OLD,))) == {"last_changed"}


def test_the_trusts_of_another_school_stay_as_they_are(linked: Session) -> None:
    trusts.save_trusts(linked, [establishment(trust_uid="2055", trust_name="Ouse")], now=LATER, by=BY)
    held = trusts.memberships(linked, [OLD])[OLD]
    moved = [
        Membership(trust_uid="2044", starts_on=held[0].starts_on, ends_on=date(2025, 12, 31)),
        Membership(trust_uid="2055", starts_on=date(2026, 1, 1), ends_on=None),
    ]
    replacement = trusts.Replacement(urn=OLD, held=held, wanted=moved)
    done = changes_of(linked, lambda: trusts.replace_memberships(linked, replacement, now=LATER, by="mover"))
    assert done.changed == {("trust_memberships", (held[0].id,))}
    ((_, added),) = ((row, done.after[row]) for row in done.added)
    assert (added["urn"], added["trust_uid"], added["changed_by"]) == (OLD, "2055", "mover")
    after = done.after["trust_memberships", (held[0].id,)]
    assert (after["revision"], after["changed_by"], after["changed_at"]) == (2, "mover", LATER)


def test_only_a_trust_with_another_name_gets_a_new_revision(linked: Session) -> None:
    apply(linked, gias(row(URN="100009", **OUSE)))
    told = [
        establishment(trust_uid="2044", trust_name="Cam and Ouse"),
        establishment(trust_uid="2055", trust_name="Ouse"),
    ]
    done = changes_of(linked, lambda: trusts.save_trusts(linked, told, now=LATER, by="importer"))
    assert done.counts() == {"trusts": 1}
    ((row_, after),) = ((row, done.after[row]) for row in done.changed)
    assert (after["name"], after["revision"]) == ("Cam and Ouse", done.before[row_]["revision"] + 1)
    assert (after["changed_at"], after["changed_by"]) == (LATER, "importer")


def test_only_a_trust_of_which_the_groups_file_says_something_else_gets_a_new_revision(
    linked: Session,
) -> None:
    apply(linked, gias(row(URN="100009", **OUSE)))

    def known(uid: str, name: str) -> Group:
        return Group(
            uid=uid,
            name=name,
            companies_house=None,
            group_type="Multi-academy trust",
            status="open",
            closed_on=None,
        )

    trusts.save_groups(linked, [known("2044", "Cam"), known("2055", "Ouse")], now=LATER, by=BY)
    again = [known("2044", "Cam and Ouse"), known("2055", "Ouse")]
    done = changes_of(linked, lambda: trusts.save_groups(linked, again, now=LATER, by="importer"))
    assert done.counts() == {"trusts": 1}
    ((row_, after),) = ((row, done.after[row]) for row in done.changed)
    assert (after["name"], after["revision"]) == ("Cam and Ouse", done.before[row_]["revision"] + 1)
    assert after["changed_by"] == "importer"


def test_a_joined_date_in_the_group_links_changes_one_schools_membership(linked: Session) -> None:
    done = changes_of(linked, lambda: apply(linked, group_links((OLD, "2044", "Multi-academy trust", ON))))
    assert done.counts() == {"trust_memberships": 1}
    ((_, after),) = ((row, done.after[row]) for row in done.changed)
    assert (after["urn"], after["starts_on"], after["revision"]) == (OLD, date(2025, 9, 1), 2)
