"""A command that adds a subscriber and is killed at any step: it holds nothing, the next one replaces it."""

import signal

import pytest
from tests.messaging.dying import STEPS, Step, die_while_adding
from tests.messaging.subscribing import Outside, ids_of, revisions
from tests.support.waiting import wait_until

from hub_messaging import gate
from hub_messaging.gate import Occupied


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_command_killed_at_any_step_holds_nothing_up_and_can_be_repeated(
    outside: Outside, step: Step
) -> None:
    office = outside.office
    office.publish("sorting", 20)
    assert die_while_adding(outside, step) == signal.SIGKILL
    wait_until(lambda: gates_are_free(outside), deadline=30)
    office.publish("sorting", 7)
    office.publish("counting", 5)
    assert outside.add().events == 32
    office.publish("counting", 5)
    messages = outside.read()
    assert set(ids_of(messages).values()) == {1}
    assert ids_of(messages) == office.expected()
    assert all(found == list(range(1, len(found) + 1)) for found in revisions(messages).values())
    assert outside.things_left() == outside.things_of_one


@pytest.mark.parametrize("step", STEPS[1::3], ids=str)
def test_what_a_killed_command_left_is_removed_by_name(outside: Outside, step: Step) -> None:
    outside.office.publish("sorting", 20)
    assert die_while_adding(outside, step) == signal.SIGKILL
    assert outside.things_left() != []
    outside.forget()
    assert outside.things_left() == []


def gates_are_free(outside: Outside) -> bool:
    try:
        with gate.held(outside.office.engines, seconds=1):
            return True
    except Occupied:
        return False
