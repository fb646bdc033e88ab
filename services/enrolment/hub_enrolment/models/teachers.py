"""Teachers and their school memberships. Only this service stores names, addresses and TRNs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, validates

from hub_contracts.vocabulary import Phase, TeacherRole
from hub_enrolment.domain import erasures
from hub_enrolment.domain.erasures import ErasureReason
from hub_enrolment.domain.names import full_name, name_key
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of

ERASED = (
    f"given = '{erasures.GIVEN}' AND family = '{erasures.FAMILY}' AND email = '{erasures.EMAIL}'"
    " AND num_nonnulls(trn, phone) = 0"
    " AND cardinality(previous_names || former_name_keys || former_trns || former_emails) = 0"
)


class Teacher(Tracked, Base):
    """A teacher or leader; a merged record keeps only its link to the record that it was merged into."""

    __tablename__ = "teachers"
    __table_args__ = (
        CheckConstraint("trn ~ '^[0-9]{7}$' AND trn <> '0000000'", name="trn"),
        CheckConstraint("NOT trnless OR trn IS NULL", name="trnless"),
        CheckConstraint("email = lower(email)", name="email"),
        CheckConstraint(
            "anonymised_on IS NULL OR email_unconfirmed_since IS NULL", name="email_unconfirmed_since"
        ),
        CheckConstraint("merged_into <> id", name="merged_into"),
        CheckConstraint("merged_into IS NULL OR trn IS NULL", name="merged_trn"),
        CheckConstraint("num_nulls(anonymised_on, anonymised_reason) IN (0, 2)", name="anonymised"),
        CheckConstraint(f"anonymised_on IS NULL OR ({ERASED})", name="erased"),
        one_of("anonymised_reason", ErasureReason),
        one_of("phase", Phase),
        Index("uq_teachers_trn", "trn", unique=True),
        Index("ix_teachers_email", "email"),
        Index("ix_teachers_merged_into", "merged_into"),
        Index("ix_teachers_name_key", "name_key"),
        Index("ix_teachers_former_name_keys", "former_name_keys", postgresql_using="gin"),
        Index("ix_teachers_former_trns", "former_trns", postgresql_using="gin"),
        Index("ix_teachers_former_emails", "former_emails", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    given: Mapped[str]
    family: Mapped[str]
    email: Mapped[str]
    trn: Mapped[str | None]
    trnless: Mapped[bool]
    phase: Mapped[str | None]
    previous_names: Mapped[list[str]] = mapped_column(ARRAY(Text))  # "given family", the oldest first
    phone: Mapped[str | None]
    contact_opt_out: Mapped[bool]  # of marketing only, not of messages about their places
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("teachers.id"))  # a record that is not merged
    anonymised_on: Mapped[date | None]
    anonymised_reason: Mapped[str | None]
    email_unconfirmed_since: Mapped[datetime | None]  # from a move until the address is given or confirmed
    # Keys by `domain.names`; matching, search and duplicates compare only these.
    given_key: Mapped[str]
    family_key: Mapped[str]
    name_key: Mapped[str]  # of the whole name
    former_name_keys: Mapped[list[str]] = mapped_column(ARRAY(Text))  # of `previous_names`
    former_trns: Mapped[list[str]] = mapped_column(ARRAY(Text))  # corrected ones, and those of merged records
    former_emails: Mapped[list[str]] = mapped_column(
        ARRAY(Text)
    )  # replaced ones, and those of merged records
    different_from: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid)
    )  # other people, as was said at registration

    def __init__(self, **values: object) -> None:
        super().__init__(**{"former_trns": [], "former_emails": [], "different_from": [], **values})

    @validates("given", "family")
    def _key_name(self, column: str, value: str) -> str:
        """Set the keys along with a name."""
        given, family = (value, self.family) if column == "given" else (self.given, value)
        self.given_key, self.family_key = name_key(given or ""), name_key(family or "")
        self.name_key = name_key(full_name(given or "", family or ""))
        return value

    @validates("previous_names")
    def _key_former_names(self, _: str, value: list[str]) -> list[str]:
        """Set the keys along with former names."""
        self.former_name_keys = [name_key(name) for name in value]
        return value

    @property
    def name(self) -> str:
        """The full name."""
        return full_name(self.given, self.family)

    @property
    def address_confirmed(self) -> bool:
        """Whether messages may go to the e-mail address."""
        return self.email_unconfirmed_since is None


class SchoolMembership(Tracked, Base):
    """A teacher's time at one school; `ends_on` is the last day, null at present."""

    __tablename__ = "school_memberships"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_on"),
        one_of("role", TeacherRole),
        Index(
            "uq_school_memberships_current",
            "teacher_id",
            "urn",
            unique=True,
            postgresql_where="ends_on IS NULL",
        ),
        Index("uq_school_memberships_starts_on", "teacher_id", "urn", "starts_on", unique=True),
        Index("ix_school_memberships_urn", "urn"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teachers.id"))
    urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    role: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class MembershipCorrection(Base):
    """One correction of a membership: old and new values, author and reason."""

    __tablename__ = "membership_corrections"
    __table_args__ = (
        CheckConstraint("new_ends_on >= new_starts_on", name="new_ends_on"),
        one_of("old_role", TeacherRole),
        one_of("new_role", TeacherRole),
        Index("ix_membership_corrections_teacher_id", "teacher_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teachers.id"))
    membership_id: Mapped[UUID]  # no foreign key: a merger of two records may join memberships
    old_urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    old_role: Mapped[str]
    old_starts_on: Mapped[date]
    old_ends_on: Mapped[date | None]
    new_urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    new_role: Mapped[str]
    new_starts_on: Mapped[date]
    new_ends_on: Mapped[date | None]
    enrolment_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))  # places corrected with it
    # Other rows whose school was corrected along with the membership.
    leader_role_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    waiting_entry_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    pd_day_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    note: Mapped[str | None]  # the mistake, as free text; null once the teacher is anonymised
    corrected_at: Mapped[datetime]
    corrected_by: Mapped[str]

    def __init__(self, **values: object) -> None:
        super().__init__(**{"leader_role_ids": [], "waiting_entry_ids": [], "pd_day_ids": [], **values})
