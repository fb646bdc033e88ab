"""Academy trusts and their academies."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hub_demo.register.schools import GROUPS_WITH_TRUSTS, School, Trust
from hub_demo.register.words import FIRST_TRUSTS, TRUST_HEADS, TRUST_TAILS

TRUSTS = 70
FIRST_UID = 90_001
AT_HOME = 40  # weight of a school in the trust's own authority, compared with others
LARGEST = 14.0  # weight of the first trust; the weights of the others decrease to 1


def invent_trusts() -> tuple[Trust, ...]:
    """Return all trusts, the larger ones first."""
    names = [*FIRST_TRUSTS, *(f"{head} {tail}" for tail in TRUST_TAILS for head in TRUST_HEADS)]
    return tuple(Trust(str(FIRST_UID + n), name) for n, name in enumerate(names[:TRUSTS]))


def share_out(schools: Sequence[School], trusts: Sequence[Trust], seed: str) -> list[School]:
    """Assign every academy and free school to a trust, and at least one school to every trust."""
    r = random.Random(f"{seed}/trusts")
    academies = [n for n, school in enumerate(schools) if has_trust(school)]
    homes = _homes(schools, academies, trusts)
    given: dict[int, Trust] = {}
    order = list(academies)
    r.shuffle(order)
    for n in order:
        weights = [
            max(1.0, LARGEST / (rank / 4 + 1)) * (AT_HOME if homes[trust] == schools[n].la_code else 1)
            for rank, trust in enumerate(trusts)
        ]
        given[n] = r.choices(trusts, weights)[0]
    for trust in trusts:
        if trust not in given.values():
            largest = Counter(t.uid for t in given.values()).most_common(1)[0][0]
            given[next(n for n in order if given[n].uid == largest)] = trust
    return [replace(s, trust=given[n]) if n in given else s for n, s in enumerate(schools)]


def has_trust(school: School) -> bool:
    """Return whether schools of this type belong to a trust."""
    return school.type_group in GROUPS_WITH_TRUSTS


def _homes(schools: Sequence[School], academies: Sequence[int], trusts: Sequence[Trust]) -> dict[Trust, str]:
    """Return the home authority of each trust; Cambridgeshire for the first six."""
    codes = sorted(schools[n].la_code for n in academies)
    step = len(codes) / len(trusts)
    return {
        trust: "873" if rank < len(FIRST_TRUSTS) else codes[int(rank * 37 % len(trusts) * step)]
        for rank, trust in enumerate(trusts)
    }
