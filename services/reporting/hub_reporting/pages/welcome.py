"""The page for people whose work is not done on the dashboard: their role, what it may do, and where."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Role:
    """A role in words, with the addresses at which its work is done with a token today."""

    name: str
    can: str
    addresses: tuple[tuple[str, str], ...]  # what is done there, and the address
    links: tuple[tuple[str, str], ...] = ()  # that a browser session opens: the words, and the address


_ROLES: Final = {
    "pd_lead": Role(
        "PD lead",
        "You plan and log visits to the schools that you support.",
        (
            ("Your visits: list, plan, log, cancel", "/visits/v1/visits"),
            ("What your schools are owed in each half term", "/visits/v1/obligations"),
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
            ("What events there are, with schemas and samples", "/events/"),
            ("How current the figures are", "/reporting/v1/freshness"),
        ),
    ),
}


def roles_of(roles: Collection[str]) -> list[Role]:
    """Return those of a person's roles that this page knows, in its order."""
    return [role for code, role in _ROLES.items() if code in roles]
