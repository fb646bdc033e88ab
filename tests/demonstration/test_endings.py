"""How the year ends, read as requests."""

from datetime import date

from tests.demonstration.counting import body, meets, named, placed, sent
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
    for session in meets(year.commands).values():
        assert session.starts_at.date() <= evaluated[session.group]


def test_a_group_without_participants_is_cancelled(year: Year) -> None:
    (cancelled,) = sent(year.commands, r".*/work-groups/.*/cancellation")
    assert named(cancelled) not in {group.key for group in year.groups}
    assert not [key for key, (group, _) in placed(year.commands).items() if group == named(cancelled)]


def test_a_task_is_asked_for_in_some_programmes_only(year: Year) -> None:
    asked = [body(c)["tasks_required"] for c in sent(year.commands, r".*/programmes")]
    assert 0 < sum(asked) < len(asked)
