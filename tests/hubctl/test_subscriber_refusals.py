"""`hubctl subscribers` refused, failing or killed: a sentence for the operator, and nothing half made."""

from collections.abc import Iterator

import pytest
from tests.hubctl.conftest import hubctl
from tests.hubctl.subscribing import ADD, added, hub_with_publishers, left, publish, received
from tests.support.amqp import connected
from tests.support.broker import BrokerServer

from hub_messaging.subscribers.broker import Management, ManagementAway
from hub_messaging.subscribers.naming import lock_of


@pytest.fixture(name="hub")
def _hub(
    amqp_uri: str, broker: BrokerServer, no_hub: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Management]:
    yield from hub_with_publishers(amqp_uri, broker, monkeypatch)


def test_adding_an_existing_subscriber_is_refused_and_changes_nothing(hub: Management, amqp_uri: str) -> None:
    connection = added("VisitLogged")
    again = hubctl(*ADD, "--events", "all")
    assert again.code == 1
    assert "warehouse exists" in again.err
    publish(amqp_uri, "visits", "VisitLogged", "one")
    assert received(connection) == ["one"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "Warehouse", "--events", "all"), "lower-case"),
        (("add", "visits", "--events", "all"), "service"),
        (("add", "warehouse", "--events", "VisitLoged"), "VisitLogged"),
        (("add", "warehouse", "--events", "all", "--from", "yesterday"), "--from"),
        (("add", "warehouse", "--events", "all", "--from", "2999-01-01"), "in the future"),
        (("change", "warehouse"), "at least one change"),
        (("remove", "warehouse"), "--yes"),
    ],
)
def test_a_wrong_option_is_explained_and_creates_nothing(
    hub: Management, arguments: tuple[str, ...], said: str
) -> None:
    answer = hubctl("subscribers", *arguments)
    assert answer.code == 2
    assert said in answer.err
    assert left(hub) == []


@pytest.mark.parametrize("command", ["show", "rotate", "remove"])
def test_an_unknown_subscriber_is_reported(hub: Management, command: str) -> None:
    yes = ["--yes"] if command == "remove" else []
    answer = hubctl("subscribers", command, "unknown", *yes)
    assert answer.code == 1
    assert "There is no subscriber 'unknown'" in answer.err


def test_limits_that_the_broker_has_no_room_for_are_refused(hub: Management) -> None:
    answer = hubctl(*ADD, "--events", "all", "--max-messages", "100000000")
    assert answer.code == 1
    assert "too little memory" in answer.err
    assert left(hub) == []


@pytest.mark.parametrize("step", ["put_limits", "create_user", "fill", "state.store"])
def test_an_add_that_fails_leaves_nothing_and_can_be_repeated(
    hub: Management, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise ManagementAway("gone")

    with monkeypatch.context() as failing:
        names = {"fill": "hubctl.subscribers.bind_from_now"}
        failing.setattr(names.get(step, f"hub_messaging.subscribers.lifecycle.{step}"), fail)
        answer = hubctl(*ADD, "--events", "all")
    assert answer.code == 1
    assert "does not answer" in answer.err
    assert left(hub) == []
    assert added("all")["queue"] == "subscriber.warehouse"


@pytest.mark.parametrize("step", ["put_limits", "create_user", "state.store"])
def test_an_add_that_was_killed_is_replaced_by_the_next(
    hub: Management, monkeypatch: pytest.MonkeyPatch, step: str, amqp_uri: str
) -> None:
    """Nothing after the step is done, and nothing is cleaned up."""

    class Killed(BaseException):
        pass

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(f"hub_messaging.subscribers.lifecycle.{step}", die)
        dying.setattr("hub_messaging.subscribers.lifecycle.clear", lambda *_args: False)
        with pytest.raises(Killed):
            hubctl(*ADD, "--events", "VisitLogged")
    connection = added("VisitPlanned")
    publish(amqp_uri, "visits", "VisitLogged", "of the first attempt")
    publish(amqp_uri, "visits", "VisitPlanned", "one")
    assert received(connection) == ["one"]


def test_a_second_command_on_the_same_subscriber_is_refused(hub: Management, amqp_uri: str) -> None:
    with connected(amqp_uri) as other:
        other.channel().queue_declare(lock_of("warehouse"), exclusive=True)
        answer = hubctl(*ADD, "--events", "all")
    assert answer.code == 1
    assert "Another command is changing" in answer.err
    assert added("all")["name"] == "warehouse"


def test_a_management_interface_that_does_not_answer_is_reported(
    hub: Management, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_BROKER_MANAGEMENT_URL", "http://127.0.0.1:9")
    answer = hubctl("subscribers", "list")
    assert answer.code == 1
    assert "HUB_BROKER_MANAGEMENT_URL" in answer.err
