"""The hub whose figures are shown."""

from dataclasses import dataclass

from hub_reporting.domain.scopes import Scope


@dataclass(frozen=True, kw_only=True)
class HubSettings:
    """The hub's identity, and the schools of its headline figure."""

    hub_id: str  # as in the source of its events
    hub_name: str  # until enrolment has described the hub
    headline: Scope  # of the engagement figure at the top of the dashboard
