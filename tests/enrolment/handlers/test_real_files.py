"""The register's real files, where they are next to the checkout (Open Government Licence v3.0)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import apply, events

from hub_enrolment.models import School
from hub_enrolment.store.schools import known_successor
from hub_local.places import ROOT

FILES = ROOT.parent / "shared" / "data" / "gias"

pytestmark = pytest.mark.skipif(
    not FILES.is_dir(), reason="the real GIAS files are not next to this checkout (../shared/data/gias)"
)


def raw(name: str) -> bytes:
    return (FILES / name).read_bytes()


def test_a_real_extract_is_imported_updated_and_imported_again(session: Session) -> None:
    first = apply(session, raw("gias_sample.csv"))
    assert (first.rows, first.created, first.findings) == (99, 99, [])
    statuses = list(session.scalars(select(School.status)))
    assert (statuses.count("open"), statuses.count("closed")) == (88, 9)

    update = apply(session, raw("gias_update.csv"))
    assert (update.rows, update.changed) == (1, 1)
    type_, data = events(session)[-1]
    assert (type_, data["urn"], data["changed_fields"]) == ("SchoolChanged", "100000", ["name"])

    # The first file again: it is older where the update came after it, and the same everywhere else.
    again = apply(session, raw("gias_sample.csv"))
    assert (again.created, again.changed, again.unchanged) == (0, 0, 99)
    assert [found.urn for found in again.findings] == ["100000"]


def test_trusts_are_distinguished_by_their_uid(session: Session) -> None:
    result = apply(session, raw("gias_with_trusts.csv"))
    assert (result.rows, result.created) == (60, 60)
    school = session.get_one(School, "130000")
    assert (school.trust_uid, school.trust_name, school.phase) == ("2000", "trust name 1", "secondary")


def test_the_national_links_file_names_successors(session: Session) -> None:
    apply(session, raw("gias_sample.csv"))
    result = apply(session, raw("links.csv"))
    assert (result.rows, result.created, result.skipped) == (33_801, 16_793, 17_008)
    assert known_successor(session, "100016") == "132245"
    again = apply(session, raw("links.csv"))
    assert (again.created, again.changed, again.successors) == (0, 0, 0)
