"""Pieces that several reports are made of."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub_reporting.domain.catalogue import BY_NAME
from hub_reporting.domain.measures import Check, Ratio
from hub_reporting.domain.reports import Report, Row
from hub_reporting.domain.schools import Register
from hub_reporting.domain.scopes import Scope
from hub_reporting.handlers.sight import Sight


def say(
    sight: Sight,
    name: str,
    scope: Scope,
    figure: Ratio | int,
    *,
    figures: Mapping[str, Any],
    rows: Sequence[Row],
    checks: Sequence[Check] = (),
) -> Report:
    """Put a report together."""
    counted = figure if isinstance(figure, Ratio) else None
    return Report(
        definition=BY_NAME[name],
        period=sight.period,
        scope=scope,
        scope_name=sight.area.describe(scope),
        n=figure if isinstance(figure, int) else figure.n,
        of=None if counted is None else counted.of,
        figures=figures,
        rows=rows,
        checks=checks,
    )


def in_words(ratio: Ratio) -> dict[str, Any]:
    """A share as reports spell it."""
    return {"n": ratio.n, "N": ratio.of, "rate": ratio.rate}


def titled(register: Register, urn: str) -> dict[str, Any]:
    """A school by number and name, also one that is closed or has not been heard of."""
    school = register.described(urn)
    return {
        "urn": urn,
        "name": register.name(urn),
        "phase": school.phase if school else "unknown",
        "la_code": school.la_code if school else None,
        "trust_name": school.trust_name if school else None,
    }
