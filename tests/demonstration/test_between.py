"""Additions to sessions, checked in the requests."""

import pytest
from tests.demonstration.counting import body, made, meets, named, sent
from tests.demonstration.years import Year

from hub_demo.groups.sessions import SESSIONS


@pytest.mark.parametrize(
    "path",
    [
        "work-groups/.*/session-series",
        "sessions/.*/attendance-sheet",
        "sessions/.*/reschedule",
        "sessions/.*/cancellation",
        "sessions/.*/apologies",
        "sessions/.*/corrections",
        "work-groups/.*/tasks",
        "tasks/.*/reports/.*",
        "work-groups/.*/lesson-studies",
        "lesson-studies/.*/taught",
        "lesson-studies/.*/review",
        "enrolments/.*/certificate",
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
            changes = command.method == "POST" and command.path.startswith(SESSIONS)
            newest[named(command) if changes else command.key] = command.key
        elif command in sent([command], rf"{SESSIONS}/.*/register"):
            assert command.match == newest[named(command)]


def test_a_task_is_reported_on_between_its_sessions(year: Year) -> None:
    commands, sessions = {command.key: command for command in year.commands}, meets(year.commands)
    tasks = sent(year.commands, r".*/work-groups/.*/tasks")
    assert len(tasks) == len(year.groups)
    for report in sent(year.commands, r".*/tasks/.*/reports/.*"):
        (task,) = (commands[key] for key in report.needs() if key.startswith("task/"))
        first, second = (
            sessions[made(body(task)[n])] for n in ("set_in_session_id", "due_before_session_id")
        )
        assert first.ends_at <= task.at <= report.at < second.starts_at
