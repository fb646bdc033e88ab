"""Rules about people: teacher reference numbers, e-mail addresses, leadership roles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hub_enrolment.domain.identifiers import TRN_DIGITS, read_trn
from hub_kernel.refusals import Conflict, Refused


def trn_to_keep(trn: str | None, *, trnless: bool) -> str | None:
    """Return the TRN to store; None for a person without one, such as a teaching assistant.

    Raises:
        Refused: `trn_and_trnless`, `bad_trn`.
    """
    if trn is None:
        return None
    if trnless:
        detail = "Give the TRN or trnless, not both."
        raise Refused("trn_and_trnless", detail, "/trnless")
    return read_trn(trn)


def mask_trn(trn: str | None) -> str | None:
    """Return a TRN for display: its last three digits, the others as asterisks."""
    return None if trn is None else f"{'*' * (TRN_DIGITS - 3)}{trn[-3:]}"


def check_name(given: str, family: str) -> None:
    """Raise unless there is a given or a family name.

    Raises:
        Refused: `name_missing`.
    """
    if not given and not family:
        detail = "Give a name; for a person with only one name, leave the other field out."
        raise Refused("name_missing", detail, "/family")


def formers(known: Sequence[str], old: str | None, new: str | None) -> list[str]:
    """Return the former TRNs or e-mail addresses after a change, each once, the oldest first."""
    kept = [one for one in known if one != new]
    return [*kept, old] if old and old != new and old not in kept else kept


def names_before(known: Sequence[str], old: str, new: str) -> list[str]:
    """Return a person's former names after a change of name, each once, the oldest first.

    Args:
        known: the former names before the change.
        old: the present name, as "given family".
        new: the new name, as "given family".
    """
    return [*known, old] if old != new and old not in known else list(known)


def address_answered(email: str | None, *, keep_email: bool) -> bool:
    """Return whether a command gives the person's e-mail address or confirms the present one.

    Raises:
        Refused: `email_and_keep_email`.
    """
    if email is not None and keep_email:
        detail = "Give a new e-mail address or keep_email: true, not both."
        raise Refused("email_and_keep_email", detail, "/keep_email")
    return email is not None or keep_email


def unconfirmed_since(
    before: datetime | None, *, answered: bool, questioned: bool, now: datetime
) -> datetime | None:
    """Return since when an e-mail address is unconfirmed; None while it is confirmed.

    Args:
        before: since when it has been unconfirmed so far.
        answered: the address is given or confirmed now.
        questioned: the address may be wrong from now on, as the person leaves the school that gave it.
        now: the instant of the change.
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
        """Return whether the role is held on any day of a period; None: without end."""
        begins_in_time = ends_on is None or self.starts_on <= ends_on
        lasts_long_enough = self.ends_on is None or self.ends_on >= starts_on
        return begins_in_time and lasts_long_enough


def check_appointment(asked: Appointment, held: Iterable[Appointment]) -> None:
    """Raise unless an appointment's days are in order and the role is not held already in that time.

    Raises:
        Refused: `ends_before_start`; Conflict: `already_appointed`.
    """
    if asked.ends_on is not None and asked.ends_on < asked.starts_on:
        raise Refused("ends_before_start", "The last day is before the role's first day.", "/ends_on")
    if any(one.role == asked.role and one.overlaps(asked.starts_on, asked.ends_on) for one in held):
        raise Conflict("already_appointed", "This person has the role in that time already; end it first.")
