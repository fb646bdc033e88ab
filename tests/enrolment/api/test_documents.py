"""Over HTTP and RPC: attendance sheets and certificates, and who may print them."""

from base64 import b64decode
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from nameko.standalone.rpc import ClusterRpcProxy
from tests.enrolment import documents
from tests.enrolment.desk import V1, Desk, as_lead, problem
from tests.enrolment.factories import NOW
from tests.support.services import Client, RunningService

from hub_enrolment.api.uploads import XLSX
from hub_enrolment.models import Enrolment
from hub_enrolment.service import EnrolmentService
from hub_platform.openapi import describe


def test_a_sheet_is_printed_over_http_and_kept_by_no_cache(desk: Desk) -> None:
    group_id = desk.group()
    desk.fill(group_id, teachers_n=2, schools_n=1)
    reply = desk.get(f"sessions/{desk.session(group_id)}/attendance-sheet")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/pdf")
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Disposition"] == 'inline; filename="attendance-session-1.pdf"'
    assert documents.pages(reply.body)[0].count("Lovelace, Ada") == 2


@pytest.fixture(name="completed")
def _completed(desk: Desk, enrolment: RunningService) -> tuple[str, str]:
    """Give a completed enrolment and the lead of its group."""
    lead = desk.lead()
    (place,) = desk.fill(desk.group(lead_ids=[lead]), teachers_n=1, schools_n=1)
    assert problem(desk.get(f"enrolments/{place}/certificate")) == (409, "not_completed", [])
    engine = sa.create_engine(enrolment.environment["HUB_DATABASE_URL"])
    with engine.begin() as connection:
        done = {"status": "completed", "completion_decided_at": NOW}
        connection.execute(sa.update(Enrolment).where(Enrolment.id == UUID(place)).values(done))
    engine.dispose()
    return place, lead


def test_a_certificate_is_printed_over_http_and_kept_by_no_cache(
    desk: Desk, completed: tuple[str, str]
) -> None:
    place, _ = completed
    reply = desk.get(f"enrolments/{place}/certificate")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/pdf")
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Disposition"] == f'inline; filename="certificate-{place}.pdf"'
    assert "Certificate of completion This is to certify that Ada Lovelace" in documents.pages(reply.body)[0]


def test_the_certificate_is_given_over_rpc_while_others_are_answered(
    desk: Desk, publishers: str, completed: tuple[str, str]
) -> None:
    place, lead = completed
    with ClusterRpcProxy({"AMQP_URI": publishers}, timeout=20) as services:
        printing = services.enrolment.certificate.call_async(place)
        assert services.enrolment.contacts([lead]).keys() == {lead}
        document = b64decode(printing.result(), validate=True)
    assert document == desk.get(f"enrolments/{place}/certificate").body


def test_no_certificate_is_given_over_rpc_where_there_is_none(desk: Desk, publishers: str) -> None:
    (active,) = desk.fill(desk.group(), teachers_n=1, schools_n=1)
    with ClusterRpcProxy({"AMQP_URI": publishers}, timeout=20) as services:
        assert services.enrolment.certificate(active) is None
        assert services.enrolment.certificate(str(uuid4())) is None


@pytest.mark.parametrize(
    ("path", "code"),
    [("sessions/{}/attendance-sheet", "unknown_session"), ("enrolments/{}/certificate", "unknown_enrolment")],
)
def test_a_paper_of_nothing_is_404(desk: Desk, path: str, code: str) -> None:
    assert problem(desk.get(path.format(uuid4()))) == (404, code, [])


def test_a_lead_prints_documents_of_their_own_groups_only(
    desk: Desk, enrolment: RunningService, completed: tuple[str, str]
) -> None:
    place, own = completed
    session_id = desk.session(desk.group(lead_ids=[own]))
    clients = [as_lead(enrolment, lead) for lead in (own, desk.lead())]
    for path in (f"sessions/{session_id}/attendance-sheet", f"enrolments/{place}/certificate"):
        assert [statuses(client, path) for client in clients] == [200, 403], path


def statuses(client: Client, path: str) -> int:
    return client("GET", f"{V1}/{path}").status


def test_documents_are_described_as_pdf() -> None:
    paths = describe(EnrolmentService)["paths"]
    for path in ("sessions/{session_id}/attendance-sheet", "enrolments/{enrolment_id}/certificate"):
        assert list(paths[f"{V1}/{path}"]["get"]["responses"]["200"]["content"]) == ["application/pdf"]


def test_a_list_is_described_as_a_table_or_a_workbook_and_its_refused_rows_as_a_table() -> None:
    upload = describe(EnrolmentService)["paths"][f"{V1}/work-groups/{{work_group_id}}/uploads"]["post"]
    assert list(upload["requestBody"]["content"]) == ["text/csv", XLSX]
    assert list(upload["responses"]["200"]["content"]) == ["application/json", "text/csv"]
