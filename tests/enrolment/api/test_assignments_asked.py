"""How visits is asked for the assignments of a PD lead, and which answers are none."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub_enrolment.api.visits import RpcAssignments
from hub_enrolment.gateways import Assignments, AssignmentsUnknown
from hub_messaging.rpc_client import BrokerUnavailable, NoSuchService, RpcError, RpcTimeout

LAST = date(2025, 12, 31)
ADA = uuid4()
ROW = {
    "assignment_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",  # fixed: it is in the names of tests
    "urn": "110623",
    "programme": "intensive",
    "ends_on": "2026-08-31",
    "planned_visits_n": 3,
}


def test_a_question_names_all_records_and_the_day() -> None:
    asked: list[Any] = []

    def ask(*question: Any) -> Any:
        asked.append(question)
        return [ROW]

    assignments: Assignments = RpcAssignments(ask)
    (found,) = assignments.after([UUID(int=2), UUID(int=1)], LAST)
    assert asked == [("assignments_after", [str(UUID(int=1)), str(UUID(int=2))], "2025-12-31")]
    assert (str(found.assignment_id), found.ends_on) == (ROW["assignment_id"], date(2026, 8, 31))
    assert (found.urn, found.programme, found.planned_visits_n) == ("110623", "intensive", 3)


@pytest.mark.parametrize(
    "answer",
    [
        RpcTimeout(),
        BrokerUnavailable(),
        NoSuchService(),
        RpcError("RuntimeError", None),
        None,
        "text",
        {"a": 1},
        [{}],
        [ROW | {"assignment_id": "x"}],
        [ROW | {"assignment_id": None}],
        [ROW | {"ends_on": "soon"}],
        [ROW | {"planned_visits_n": None}],
    ],
    ids=repr,
)
def test_no_answer_and_one_of_another_form_are_unknown(answer: Any) -> None:
    def ask(*_question: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(AssignmentsUnknown):
        RpcAssignments(ask).after([ADA], LAST)
