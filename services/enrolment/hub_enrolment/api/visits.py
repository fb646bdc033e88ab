"""The RPC question to visits: the assignments of a PD lead whose role ends."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from hub_enrolment.gateways import AssignmentsUnknown, StillAssigned
from hub_messaging.rpc_client import Ask, RpcClient, RpcUnanswered
from hub_platform.dependencies import Provided

SECONDS: Final = 2.0  # a person waits for the answer to a change that is saved already


class RpcAssignments:
    """`gateways.Assignments` by RPC."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def after(self, pd_lead_ids: Collection[UUID], last_day: date) -> Sequence[StillAssigned]:
        """Look up the assignments of one person that hold after a day."""
        ids = sorted(str(one) for one in pd_lead_ids)
        try:
            found = self._ask("assignments_after", ids, last_day.isoformat())
            return [
                StillAssigned(
                    assignment_id=UUID(one["assignment_id"]),
                    urn=str(one["urn"]),
                    programme=str(one["programme"]),
                    ends_on=date.fromisoformat(one["ends_on"]),
                    planned_visits_n=int(one["planned_visits_n"]),
                )
                for one in found
            ]
        except RpcUnanswered as exc:
            raise AssignmentsUnknown(type(exc).__name__) from exc
        except (AttributeError, KeyError, TypeError, ValueError) as exc:
            raise AssignmentsUnknown("UndecodableAnswer") from exc


class VisitsAssignments(Provided[RpcAssignments], RpcClient):
    """Asks visits for assignments."""

    def __init__(self) -> None:
        super().__init__("visits", seconds=SECONDS)

    def get_dependency(self, worker_ctx: object) -> RpcAssignments:  # noqa: ARG002 - nameko's signature
        """Return the RPC client of visits."""
        return RpcAssignments(self.ask)
