"""Comparison of two people's descriptions: names, TRNs, e-mail addresses and schools as evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from hub_enrolment.domain.names import full_name, name_key


@dataclass(frozen=True, kw_only=True)
class Person:
    """The identifying facts of a person, from a row, a request or a record."""

    given: str
    family: str
    former_names: Sequence[str] = ()  # "given family"
    trn: str | None = None  # seven digits
    former_trns: frozenset[str] = frozenset()  # corrected ones, and those of records merged into this one
    emails: frozenset[str] = frozenset()  # the present one, former ones and those of merged records
    urns: frozenset[str] = frozenset()  # their present schools
    roles: frozenset[str] = frozenset()  # their roles there; no evidence, shown only where a list differs

    @property
    def name(self) -> str:
        """The full name."""
        return full_name(self.given, self.family)


@dataclass(frozen=True, kw_only=True)
class Record(Person):
    """A person with a record in the hub."""

    id: UUID


class Names(IntEnum):
    """The result of comparing two people's names, the strongest last."""

    OTHER = 0
    PART = 1  # the family name or the given name is the same
    ALIKE = 2  # the same family name, and of the given names one begins with the other: A. or Alex, Alexander
    SAME = 3


class Trns(IntEnum):
    """The result of comparing two people's TRNs, the strongest last."""

    DIFFER = 0
    UNKNOWN = 1  # one of the two has none
    SAME = 2


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The result of a comparison; `siblings`: one family name with clearly different given names."""

    names: Names
    trns: Trns
    email: bool
    school: bool
    siblings: bool = False

    def dominates(self, other: "Evidence") -> bool:
        """Return whether this evidence is at least as strong in every respect and stronger in one."""
        pairs = list(zip(self.ranks, other.ranks, strict=True))
        return all(one >= two for one, two in pairs) and any(one > two for one, two in pairs)

    @property
    def ranks(self) -> tuple[int, int, bool, bool]:
        """The strength in each respect, for comparison."""
        return self.names, self.trns, self.email, self.school


def compare(a: Person, b: Person) -> Evidence:
    """Return the evidence that two descriptions are of one person; symmetric."""
    names = compare_names(a, b)
    return Evidence(
        names=names,
        trns=compare_trns(a, b, former=names >= Names.ALIKE),
        email=not a.emails.isdisjoint(b.emails),
        school=not a.urns.isdisjoint(b.urns),
        siblings=names == Names.PART and _siblings(a, b),
    )


def compare_trns(a: Person, b: Person, *, former: bool) -> Trns:
    """How two people's TRNs compare.

    Args:
        a: one person.
        b: the other.
        former: whether former TRNs count. They do not for people with different names: a corrected TRN
            may have been the other person's all along.
    """
    of_a, of_b = ({one.trn} - {None} for one in (a, b))
    if former:
        of_a, of_b = of_a | a.former_trns, of_b | b.former_trns
    if not of_a or not of_b:
        return Trns.UNKNOWN
    return Trns.DIFFER if of_a.isdisjoint(of_b) else Trns.SAME


def compare_names(a: Person, b: Person) -> Names:
    """Compare two people's names, former ones included; given and family name may be swapped."""
    given, family = (name_key(a.given), name_key(b.given)), (name_key(a.family), name_key(b.family))
    if _full_name_keys(a) & _full_name_keys(b):
        return Names.SAME
    same_family = bool(family[0]) and family[0] == family[1]
    if (same_family and _begins(*given)) or _was_called(a, b) or _was_called(b, a):
        return Names.ALIKE
    same_given = bool(given[0]) and given[0] == given[1]
    return Names.PART if same_family or same_given else Names.OTHER


def _full_name_keys(person: Person) -> set[str]:
    """Return the keys of the full name in both orders, and of former names."""
    swapped = name_key(person.family) + name_key(person.given)
    return {swapped, *(name_key(name) for name in (person.name, *person.former_names))}


def _was_called(a: Person, b: Person) -> bool:
    """Return whether a former name of `b` has the family name of `a` and begins like their given name."""
    given, family = name_key(a.given), name_key(a.family)
    return any(
        bool(family) and former.endswith(family) and _begins(given, former.removesuffix(family))
        for former in map(name_key, b.former_names)
    )


def _begins(one: str, other: str) -> bool:
    return bool(one) and bool(other) and (one.startswith(other) or other.startswith(one))


def _siblings(a: Person, b: Person) -> bool:
    """Return whether the family names are equal and the given names differ in first character or digits."""
    one, other = name_key(a.given), name_key(b.given)
    if name_key(a.family) != name_key(b.family) or not (one and other):
        return False
    return one[0] != other[0] or _digits(one) != _digits(other)


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")
