"""The typed context of a process: found by its container, and refused where it is not what is expected."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import sessionmaker
from tests.platform.contexts import config_with, make_context

from hub_platform.context import context_of, context_with
from hub_platform.dependencies import Database, OwnSettings, Time, cookie_name


class Mail:
    """Settings of a service's own."""

    sender = "hub@example.org"


def test_a_container_has_the_context_that_it_was_started_with() -> None:
    config = config_with(cookie_name="hub_session_here")
    assert context_of(SimpleNamespace(config=config)).cookie_name == "hub_session_here"


def test_a_container_without_a_context_is_an_error() -> None:
    with pytest.raises(TypeError, match="no context"):
        context_of(SimpleNamespace(config={}))


def test_settings_of_a_service_are_of_the_type_that_is_asked_for() -> None:
    container = SimpleNamespace(config=config_with(options=Mail()))
    assert context_with(container, Mail).options.sender == "hub@example.org"
    with pytest.raises(TypeError, match="no context with int"):
        context_with(container, int)


def test_the_engine_is_that_of_the_sessions() -> None:
    engine = sa.create_engine("postgresql+psycopg2://user@127.0.0.1:1/nothing")
    assert make_context(sessions=sessionmaker(engine)).engine is engine


def test_dependencies_are_read_from_the_context() -> None:
    worker = SimpleNamespace(config=config_with(options=Mail()))
    context = context_of(worker)
    assert Database().get_dependency(worker) is context.sessions
    assert Time().get_dependency(worker) is context.clocks
    assert cookie_name().get_dependency(worker) == "hub_session_test"
    assert OwnSettings(Mail).get_dependency(worker) is context.options


def test_a_class_shows_the_declaration_and_a_worker_the_value() -> None:
    class Service:
        database = Database()

    assert isinstance(Service.database, Database)
    worker = Service()
    vars(worker)["database"] = "sessions"  # as nameko does
    assert worker.database == "sessions"  # type: ignore[comparison-overlap]
