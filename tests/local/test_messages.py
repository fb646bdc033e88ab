"""Messages of a start that is given up."""

from pathlib import Path

import pytest

from hub_local import broker, broker_node, broker_probe, containers, packages, postgres, postgres_server
from hub_local.alone import announce, only_one
from hub_local.failures import CannotStart
from hub_local.hub import ports_from
from hub_local.places import Places
from hub_local.processes import Programs
from hub_local.terminal import Terminal

CONTENTS = broker.Contents({}, {"hub_local": "secret"})


def programs(folder: Path) -> Programs:
    return Programs(folder / "log", folder / "run")


def test_without_any_rabbitmq_the_choices_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "engine_answers", lambda: False)
    monkeypatch.setattr(broker_node, "find_program", lambda: None)
    monkeypatch.setattr(packages, "can_install", lambda: False)
    with pytest.raises(CannotStart) as failure:
        broker.start(broker.PrivateBroker(programs(tmp_path), tmp_path / "broker", CONTENTS), say=print)
    for choice in ("HUB_AMQP_URI", "Docker", "rabbitmq-server", "root"):
        assert choice in str(failure.value)


def test_an_engine_that_cannot_fetch_the_image_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def docker(*arguments: str) -> str:
        if arguments[0] == "pull":
            raise CannotStart("docker pull failed: no such host")
        return ""

    said: list[str] = []
    monkeypatch.setattr(containers, "engine_answers", lambda: True)
    monkeypatch.setattr(containers, "docker", docker)
    assert containers.can_run("rabbitmq:4-management", said.append) is False
    assert "no such host" in said[-1]


def test_a_broker_that_is_given_but_away_is_named(tmp_path: Path) -> None:
    private = broker.PrivateBroker(programs(tmp_path), tmp_path, CONTENTS)
    given = broker.start(private, say=print, given="amqp://127.0.0.1:1/")
    assert set(given.uris.values()) == {"amqp://127.0.0.1:1/"}
    assert not broker_probe.answers("amqp://127.0.0.1:1/")


def test_a_wrong_database_url_gives_a_sentence() -> None:
    with pytest.raises(CannotStart, match="HUB_DATABASE_URL is not an address"):
        postgres.use("somewhere")


def test_data_of_another_postgresql_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotStart, match=r"written by PostgreSQL 16.*make clean"):
        postgres_server.refuse_other_version(tmp_path)


def test_a_lock_file_of_a_process_that_is_gone_is_removed(tmp_path: Path) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text("99999999\n/somewhere\n")
    postgres_server.clear_stale_lock(tmp_path)
    assert not lock.exists()


def test_a_second_run_gets_the_address_of_the_first_one(tmp_path: Path) -> None:
    places = Places(tmp_path)
    with only_one(places):
        announce(places, "http://127.0.0.1:8000")
        with pytest.raises(CannotStart, match=r"already running.*http://127\.0\.0\.1:8000"), only_one(places):
            pytest.fail("two hubs in one folder")
    with only_one(places):
        assert not places.address.exists()


@pytest.mark.parametrize("asked", ["", "eighty", "0", "70000", "-1"])
def test_a_wrong_port_gives_a_sentence(asked: str) -> None:
    with pytest.raises(CannotStart, match="not a port number"):
        ports_from({"HUB_HTTP_PORT": asked}, Terminal())
