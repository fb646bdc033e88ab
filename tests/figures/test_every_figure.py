"""G6: every figure of every report is what plain SQL finds in the publishers' databases."""

from datetime import date
from typing import Any, Final

import pytest
from tests.cases.answers import ask
from tests.cases.hub import RunningHub
from tests.figures.periods import PERIODS
from tests.figures.publishers import Publishers, figures_of, statements
from tests.figures.small_year import TRUSTS

SCOPES: Final = (
    "connected",
    "hub",
    "la:873",
    "la:874",
    "phase:primary",
    "phase:secondary",
    "phase:all_through",
    *(f"trust:{uid}" for uid in TRUSTS),
)


def names(hub: RunningHub) -> list[str]:
    """The reports that there are."""
    return [one["name"] for one in hub("GET", "/reporting/v1/reports").json["items"]]


def answered(hub: RunningHub, name: str, scope: str, period: tuple[str, str, str]) -> Any:
    """A report's JSON, or the code with which it is refused."""
    starts_on, ends_on, as_at = period
    reply = ask(hub, name, scope, as_at=date.fromisoformat(as_at), period={"from": starts_on, "to": ends_on})
    return reply.json if reply.status == 200 else reply.json["code"]


@pytest.mark.parametrize("period", PERIODS)
def test_every_figure_in_every_scope_is_what_the_publishers_databases_say(
    filled: RunningHub, publishers: Publishers, period: str
) -> None:
    publishers.stand(*PERIODS[period])
    wrong = []
    for scope in SCOPES:
        expected = publishers.figures(scope)
        for name in names(filled):
            report = answered(filled, name, scope, PERIODS[period])
            assert not isinstance(report, str), (name, scope, report)
            wrong += [
                f"{period}, {scope}, {one}" for one in differences(name, dict(figures_of(report)), expected)
            ]
    assert not wrong, "\n".join(wrong)


def differences(name: str, said: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """The figures of a report that are not what SQL finds; a figure that is left out is 0."""
    own = {figure for figure in expected if figure.startswith(f"{name}/")}
    return [
        f"{figure}: {said.get(figure)} in the report, {expected.get(figure)} by SQL"
        for figure in sorted({*said, *own})
        if said.get(figure, 0) != expected.get(figure, "no statement")
    ]


def test_every_figure_has_a_statement_and_every_statement_a_figure(filled: RunningHub) -> None:
    period = PERIODS["this year"]
    reports = [answered(filled, name, "connected", period) for name in names(filled)]
    assert {figure for report in reports for figure, _ in figures_of(report)} == set(statements())


def test_the_hub_that_is_counted_has_something_of_every_kind(publishers: Publishers) -> None:
    """Otherwise the comparison would say little. An event that cannot be counted in is reporting's own."""
    missing = set(statements())
    for period in ("this year", "this year as at the first days of January"):
        publishers.stand(*PERIODS[period])
        missing -= {
            name for name, value in publishers.figures("connected").items() if value not in (0, [], {})
        }
    assert missing == {"data-quality/event_not_counted"}
