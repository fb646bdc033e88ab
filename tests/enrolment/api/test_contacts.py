"""How notifications asks for addresses: over RPC, of the running service."""

from uuid import uuid4

from nameko.standalone.rpc import ClusterRpcProxy
from tests.enrolment.desk import Desk


def test_contacts_are_given_of_those_who_are_known(publishers: str, desk: Desk) -> None:
    teacher_id = desk.teacher(desk.schools()[0], given="Emmy", family="Noether", email="Emmy@s.example")
    config = {"AMQP_URI": publishers}
    with ClusterRpcProxy(config, timeout=10) as services:
        assert services.enrolment.contacts([teacher_id, str(uuid4())]) == {
            teacher_id: {
                "given": "Emmy",
                "family": "Noether",
                "email": "emmy@s.example",
                "confirmed": True,
            }
        }
