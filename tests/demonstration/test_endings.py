"""How the year ends, read as requests."""

from collections import Counter
from datetime import date

from tests.demonstration.counting import body, cancelled, given_up, meets, named, placed, sent
from tests.demonstration.years import Year


def test_every_group_that_met_is_closed_after_its_last_register(year: Year) -> None:
    closed = {named(c): c for c in sent(year.commands, r".*/work-groups/.*/closure")}
    assert set(closed) == {group.key for group in year.groups}
    for register in sent(year.commands, r".*/sessions/.*/register"):
        assert register.at < closed[register.lane].at


def test_an_evaluation_is_submitted_before_its_group_is_closed(year: Year) -> None:
    for closure in sent(year.commands, r".*/work-groups/.*/closure"):
        assert date.fromisoformat(body(closure)["evaluation_submitted_on"]) <= closure.at.date()


def test_nothing_but_printing_happens_on_a_group_once_it_is_closed(year: Year) -> None:
    closed = {c.lane: c for c in sent(year.commands, r".*/work-groups/.*/closure")}
    for lane, closure in closed.items():
        assert [c for c in year.commands if c.lane == lane and c.method != "GET"][-1] == closure


def test_an_evaluation_is_not_older_than_the_last_session(year: Year) -> None:
    evaluated = {
        c.lane: date.fromisoformat(body(c)["evaluation_submitted_on"])
        for c in sent(year.commands, r".*/work-groups/.*/closure")
    }
    off = cancelled(year.commands)
    for session in meets(year.commands).values():
        assert session.group in off or session.starts_at.date() <= evaluated[session.group]


def test_two_groups_are_cancelled_one_without_participants_and_one_with_14(year: Year) -> None:
    off, gone = cancelled(year.commands), given_up(year.commands)
    assert not off & {group.key for group in year.groups}
    held = Counter(group for key, (group, _) in placed(year.commands).items() if key not in gone)
    assert sorted(held[group] for group in off) == [0, 14]


def test_a_task_is_asked_for_in_some_programmes_only(year: Year) -> None:
    asked = [body(c)["tasks_required"] for c in sent(year.commands, r".*/programmes")]
    assert 0 < sum(asked) < len(asked)
