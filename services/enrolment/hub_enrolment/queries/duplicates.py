"""The answer to `GET /teachers/duplicates`: pairs of records that may describe one person.

The rule `domain.matching.reasons_for_one` in SQL, because every record is compared with every other one; a
property test checks that both give the same pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session

from hub_enrolment.models import Teacher
from hub_enrolment.models.base import Base

# One of two keys begins with the other, and neither is empty; as `domain.evidence` compares given names.
BEGINS: Final = "({0} <> '' AND {1} <> '' AND (starts_with({0}, {1}) OR starts_with({1}, {0})))"
# A former name of `b` ends with the family name of `a` and begins like their given name.
WAS_CALLED: Final = """(
    a.family <> '' AND EXISTS (
        SELECT FROM unnest(b.formers) former WHERE right(former, length(a.family)) = a.family AND {begins}
    )
)""".format(begins=BEGINS.format("a.given", "left(former, length(former) - length(a.family))"))
# The pairs to compare: those with an e-mail address, a TRN or a school in common, the older record first.
PAIRS: Final = """
people AS (
    SELECT id, given_key AS given, family_key AS family, former_name_keys AS formers, different_from,
        ARRAY[name_key, family_key || given_key] || former_name_keys AS wholes,
        trn, former_trns, ARRAY[email] || former_emails AS emails,
        ARRAY(SELECT urn FROM school_memberships WHERE teacher_id = teachers.id AND ends_on IS NULL) AS urns
    FROM teachers WHERE merged_into IS NULL AND anonymised_on IS NULL
),
keys AS (
    SELECT id, 'email ' || unnest(emails) AS key FROM people
    UNION SELECT id, 'trn ' || unnest(array_append(former_trns, trn)) FROM people
    UNION SELECT id, 'urn ' || unnest(urns) FROM people
),
pairs AS (
    SELECT DISTINCT one.id AS first_id, other.id AS second_id
    FROM keys AS one JOIN keys AS other ON other.key = one.key AND one.id < other.id
)"""
# As `domain.evidence.compare`; a pair that was registered as two people is left out.
EVIDENCE: Final = f"""
named AS (
    SELECT first_id, second_id,
        a.emails && b.emails AS email,
        a.urns && b.urns AS school,
        a.wholes && b.wholes AS same,
        (a.family <> '' AND a.family = b.family AND {BEGINS.format("a.given", "b.given")})
            OR {WAS_CALLED}
            OR {WAS_CALLED.replace("a.", "c.").replace("b.", "a.").replace("c.", "b.")} AS alike,
        (a.family <> '' AND a.family = b.family) OR (a.given <> '' AND a.given = b.given) AS part,
        a.family = b.family AND a.given <> '' AND b.given <> '' AND (
            left(a.given, 1) <> left(b.given, 1)
            OR regexp_replace(a.given, '[^0-9]', '', 'g') <> regexp_replace(b.given, '[^0-9]', '', 'g')
        ) AS siblings,
        array_remove(ARRAY[a.trn], NULL) AS trns, array_remove(ARRAY[b.trn], NULL) AS other_trns,
        a.former_trns AS formers, b.former_trns AS other_formers
    FROM pairs
    JOIN people AS a ON a.id = first_id
    JOIN people AS b ON b.id = second_id
    WHERE NOT (first_id = ANY (b.different_from) OR second_id = ANY (a.different_from))
),
numbered AS (
    SELECT first_id, second_id, email, school, same OR alike AS alike, same,
        part AND NOT siblings AS married,
        CASE WHEN same OR alike THEN trns || formers ELSE trns END AS trns,
        CASE WHEN same OR alike THEN other_trns || other_formers ELSE other_trns END AS other_trns
    FROM named
),
evidence AS (
    SELECT first_id, second_id, email, school, alike, married, trns && other_trns AS trn,
        cardinality(trns) = 0 OR cardinality(other_trns) = 0 AS trn_unknown
    FROM numbered
)"""  # noqa: S608 - constants of this module
DUPLICATES: Final = f"""
WITH {PAIRS.strip()},
{EVIDENCE.strip()}
SELECT first_id, second_id,
    array_remove(
        ARRAY[
            CASE WHEN email THEN 'same_email' END,
            CASE WHEN alike AND school THEN 'same_name_at_school' END,
            CASE WHEN trn THEN 'same_trn' END
        ],
        NULL
    ) AS reasons
FROM evidence
WHERE trn OR (alike AND (email OR (school AND trn_unknown))) OR (married AND email AND trn_unknown)
"""  # noqa: S608 - constants of this module


class Duplicate(Base):
    """Two records and why they may describe one person: a row of `DUPLICATES`, not of a table."""

    __table__ = (
        text(DUPLICATES)
        .columns(first_id=Uuid(), second_id=Uuid(), reasons=ARRAY(Text))
        .subquery("duplicates")
    )
    __mapper_args__ = {"primary_key": [__table__.c.first_id, __table__.c.second_id]}  # noqa: RUF012 - SQLAlchemy's

    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    reasons: Mapped[list[str]]


KEYS: list[InstrumentedAttribute[UUID]] = [Duplicate.first_id, Duplicate.second_id]


@dataclass(frozen=True)
class LikelyPair:
    """Two records that may describe one person."""

    first: Teacher  # the older record
    second: Teacher
    reasons: Sequence[str]  # same_email, same_name_at_school, same_trn


def list_duplicates() -> Select[Duplicate]:
    """Select every pair."""
    return select(Duplicate)


def describe(session: Session, rows: Sequence[Duplicate]) -> list[LikelyPair]:
    """Return the records of each pair, in one statement for any number of pairs."""
    ids = {id_ for row in rows for id_ in (row.first_id, row.second_id)}
    found = session.scalars(select(Teacher).where(Teacher.id.in_(ids)))
    teachers = {teacher.id: teacher for teacher in found}
    return [LikelyPair(teachers[row.first_id], teachers[row.second_id], row.reasons) for row in rows]
