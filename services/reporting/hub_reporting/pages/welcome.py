"""Roles without access to the dashboard: their tasks, and the addresses for these."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Role:
    """A role in words, with the addresses that its users call with a token."""

    name: str
    can: str
    addresses: tuple[tuple[str, str], ...]  # task and address
    links: tuple[tuple[str, str], ...] = ()  # text and address of pages that a browser session may open


_ROLES: Final = {
    "pd_lead": Role(
        "PD lead",
        "You plan and log visits to the schools that you support.",
        (
            ("Your visits: list, plan, log, cancel", "/visits/v1/visits"),
            ("The visits due to your schools in each half term", "/visits/v1/obligations"),
        ),
    ),
    "work_group_lead": Role(
        "Work Group lead",
        "You look after the participants, sessions and registers of the Work Groups that you lead.",
        (
            ("Your Work Groups", "/enrolment/v1/work-groups"),
            ("Their sessions, with registers not taken yet", "/enrolment/v1/sessions"),
        ),
    ),
    "subscriber": Role(
        "subscriber",
        "Your program receives the events of the hub.",
        (),
        (
            ("The catalogue of events, with schemas and samples", "/events/"),
            ("How current the figures are", "/reporting/v1/freshness"),
        ),
    ),
}


def roles_of(roles: Collection[str]) -> list[Role]:
    """Return the roles of a user that have an entry here, in this order."""
    return [role for code, role in _ROLES.items() if code in roles]
