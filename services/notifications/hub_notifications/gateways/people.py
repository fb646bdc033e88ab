"""The records of one person and the threads of one school, which enrolment owns."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class SchoolThreads:
    """The threads of messages that count for one school."""

    urns: Collection[str]  # of the school and its predecessors
    threads: Collection[tuple[str, str]]  # subject, such as work-groups/<id>, and teacher id


class People(Protocol):
    """Looks up people and schools for lists of messages; nothing of the answers is stored."""

    def records(self, teacher_id: str) -> Collection[str]:
        """Return the ids of all records of one person, merged ones included; empty for an unknown person.

        Raises:
            ContactsUnavailable: enrolment did not answer in time.
        """

    def of_school(self, urn: str) -> SchoolThreads:
        """Return the threads of a school's places, waiting lists, applications and PD days.

        Raises:
            ContactsUnavailable: enrolment did not answer in time.
        """
