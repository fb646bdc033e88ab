"""Which records are of one person, and what people do for a school: enrolment knows both."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class SchoolThreads:
    """What the messages for one school are about."""

    urns: Collection[str]  # the school's and those of the schools that it carries on
    threads: Collection[tuple[str, str]]  # subject, such as work-groups/<id>, and teacher id


class People(Protocol):
    """Finds whose messages are asked for; nothing of it is kept."""

    def records(self, teacher_id: str) -> Collection[str]:
        """Look up the ids of every record of one person, merged ones included; none of an unknown person.

        Raises:
            ContactsAway: enrolment did not answer in time.
        """

    def of_school(self, urn: str) -> SchoolThreads:
        """Look up what people do for a school: places, waiting lists, applications and PD days.

        Raises:
            ContactsAway: enrolment did not answer in time.
        """
