"""What the year has around its sessions, read as requests."""

from datetime import datetime

import pytest
from tests.demonstration.counting import body, made, named, sent

from local.demonstration.between import SESSIONS
from local.demonstration.year import Year


@pytest.mark.parametrize(
    "path",
    [
        "sessions/.*/reschedule",
        "sessions/.*/cancellation",
        "sessions/.*/apologies",
        "sessions/.*/corrections",
        "work-groups/.*/tasks",
        "tasks/.*/reports/.*",
        "work-groups/.*/lesson-studies",
        "lesson-studies/.*/taught",
        "lesson-studies/.*/review",
        "pd-days",
        "pd-days/.*/registrations",
        "pd-days/.*/register",
        "pd-days/.*/cancellation",
    ],
)
def test_the_year_knows_what_happens_at_a_hub(year: Year, path: str) -> None:
    assert sent(year.commands, rf"/enrolment/v1/{path}")


def test_a_register_is_based_on_the_last_change_of_its_session(year: Year) -> None:
    newest: dict[str, str] = {}
    for command in year.commands:
        if command.gives == "session_id":
            newest[named(command) if command.path.startswith(SESSIONS) else command.key] = command.key
        elif command in sent([command], rf"{SESSIONS}/.*/register"):
            assert command.match == newest[named(command)]


def test_a_task_is_reported_on_between_its_sessions(year: Year) -> None:
    commands = {command.key: command for command in year.commands}
    tasks = sent(year.commands, r".*/work-groups/.*/tasks")
    assert len(tasks) == len(year.groups)
    for report in sent(year.commands, r".*/tasks/.*/reports/.*"):
        (task,) = (commands[key] for key in report.needs() if key.startswith("task/"))
        first, second = (
            commands[made(body(task)[n])] for n in ("set_in_session_id", "due_before_session_id")
        )
        assert datetime.fromisoformat(body(first)["ends_at"]) <= task.at <= report.at
        assert report.at < datetime.fromisoformat(body(second)["starts_at"])
