"""One hub for all stories, and the desks at which people work: hub staff, and leads of work groups."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.enrolment.desk import Desk
from tests.support.services import Client
from tests.system.conftest import Office, open_office


@pytest.fixture(name="office", scope="package")
def _office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("hub")) as office:
        yield office


@pytest.fixture(name="desk")
def _desk(office: Office) -> Desk:
    """Hub staff, at the enrolment service."""
    return Desk(Client(enrolment_port(office), office.hub.token()))


def enrolment_port(office: Office) -> int:
    return int(office.hub.fleet.addresses["enrolment"].rpartition(":")[2])


def desk_of_lead(office: Office, teacher_id: str) -> Desk:
    """A work group lead's desk: the token's subject is the teacher's id."""
    token = office.hub.signer.issue(teacher_id, ("work_group_lead",), timedelta(hours=1))
    return Desk(Client(enrolment_port(office), token))
