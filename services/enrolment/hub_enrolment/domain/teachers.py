"""Rules about people: teacher reference numbers, e-mail addresses, leadership roles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hub_enrolment.domain.identifiers import TRN_DIGITS, read_trn
from hub_kernel.refusals import Conflict, Refused

TEACHER_ROLES: Final = ("headteacher", "maths_lead", "class_teacher", "ta", "department", "other")
LEADER_ROLES: Final = (
    "hub_lead",
    "deputy",
    "amhl",
    "tfm_lead",
    "mastery_specialist",
    "work_group_lead",
    "cohort_lead",
    "pd_lead",
    "administrator",
)


def trn_to_keep(trn: str | None, *, trnless: bool) -> str | None:
    """The number to store: none for somebody who has none, such as a teaching assistant.

    Raises:
        Refused: `trn_and_trnless`, `bad_trn`.
    """
    if trn is None:
        return None
    if trnless:
        detail = "Somebody with a teacher reference number is not trnless."
        raise Refused("trn_and_trnless", detail, "/trnless")
    return read_trn(trn)


def mask_trn(trn: str | None) -> str | None:
    """The number as it may be shown: its last three digits."""
    return None if trn is None else f"{'*' * (TRN_DIGITS - 3)}{trn[-3:]}"


def check_name(given: str, family: str) -> None:
    """Raise unless there is a name; one is enough, given or family.

    Raises:
        Refused: `name_missing`.
    """
    if not given and not family:
        raise Refused(
            "name_missing", "Give the name; who has one name only leaves the other one out.", "/family"
        )


def formers(known: Sequence[str], old: str | None, new: str | None) -> list[str]:
    """The former TRNs or e-mail addresses after a change from `old` to `new`, each once, the oldest first."""
    kept = [one for one in known if one != new]
    return [*kept, old] if old and old != new and old not in kept else kept


def names_before(known: Sequence[str], old: str, new: str) -> list[str]:
    """The names that somebody had before, each once, the oldest first, after a change of name.

    Args:
        known: those before the change.
        old: "given family" until now.
        new: "given family" from now on.
    """
    return [*known, old] if old != new and old not in known else list(known)


def address_answered(email: str | None, *, keep_email: bool) -> bool:
    """Whether the sender of a command says where the person is reached now: at a new address, or as before.

    Raises:
        Refused: `email_and_keep_email`.
    """
    if email is not None and keep_email:
        detail = "Give the new e-mail address, or say that the present one is kept, not both."
        raise Refused("email_and_keep_email", detail, "/keep_email")
    return email is not None or keep_email


def unconfirmed_since(
    before: datetime | None, *, answered: bool, questioned: bool, now: datetime
) -> datetime | None:
    """Since when an e-mail address is unconfirmed; None while it is confirmed.

    Args:
        before: the same, until now.
        answered: the address was given or kept just now.
        questioned: what happens now may make the address wrong: the school that gave it is left.
        now: the instant of that.
    """
    if answered:
        return None
    return before or (now if questioned else None)


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """A leadership role and the days on which it is held; `ends_on` is the last."""

    role: str
    starts_on: date
    ends_on: date | None

    def overlaps(self, starts_on: date, ends_on: date | None) -> bool:
        """Whether it is held on some day of a period."""
        begins_in_time = ends_on is None or self.starts_on <= ends_on
        lasts_long_enough = self.ends_on is None or self.ends_on >= starts_on
        return begins_in_time and lasts_long_enough


def check_appointment(asked: Appointment, held: Iterable[Appointment]) -> None:
    """Let an appointment pass that makes sense and is not held already.

    Raises:
        Refused: `ends_before_start`; Conflict: `already_appointed`.
    """
    if asked.ends_on is not None and asked.ends_on < asked.starts_on:
        raise Refused("ends_before_start", "A role ends on its first day or later.", "/ends_on")
    if any(one.role == asked.role and one.overlaps(asked.starts_on, asked.ends_on) for one in held):
        raise Conflict("already_appointed", "This person holds the role in that time already.")
