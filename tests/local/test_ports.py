"""Which ports a run takes, and what it says when it cannot."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_local import ports
from hub_local.failures import CannotStart
from hub_local.services import Service, choose_ports


@pytest.fixture(name="taken")
def _taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((ports.LOOPBACK, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_that_is_listened_on_is_not_free(taken: int) -> None:
    assert not ports.is_free(taken)


def test_the_next_free_port_passes_over_taken_and_reserved_ones(taken: int) -> None:
    reserved = ports.next_free(taken)
    assert reserved is not None
    assert reserved > taken
    following = ports.next_free(taken, taken=frozenset({reserved}))
    assert following is not None
    assert following > reserved


def test_none_is_free_when_the_only_try_is_taken(taken: int) -> None:
    assert ports.next_free(taken, tries=1) is None


def test_no_two_services_share_a_port(taken: int) -> None:
    chosen = choose_ports([Service("one", taken), Service("two", taken), Service("three", taken)])
    assert len(set(chosen.values())) == 3
    assert taken not in chosen.values()


def test_a_port_that_was_asked_for_is_taken_or_refused(taken: int) -> None:
    with pytest.raises(CannotStart, match=f"Port {taken} .* is in use"):
        choose_ports([Service("one", 8000)], first=taken)
    free = ports.any_free()
    assert choose_ports([Service("one", 8000)], first=free) == {"one": free}


def test_a_kept_port_stays_the_same_until_another_program_has_it(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "broker" / "amqp_port"
    first = ports.kept(file)
    assert ports.kept(file) == first
    file.write_text(str(taken))
    assert ports.kept(file) not in (taken, 0)
    assert int(file.read_text()) != taken


@pytest.mark.parametrize("text", ["", "many", "0", "-1", "70000"])
def test_a_file_without_a_port_is_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "port").write_text(text)
    port = ports.kept(tmp_path / "port")
    assert ports.is_free(port)
    assert (tmp_path / "port").read_text() == f"{port}\n"
