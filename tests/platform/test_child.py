"""Work in a process of its own: what it gives, and each way in which it can fail."""

import sys
from collections.abc import Iterator

import psutil
import pytest

from hub_platform.child import MEGABYTE, Bounds, ChildFailed, limit_this_process, run

BOUNDS = Bounds(seconds=20.0, output_bytes=4 * MEGABYTE)
LIMITED = "from hub_platform.child import limit_this_process as limit; limit(megabytes=64, cpu_seconds=1); "


def program(text: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {text}"]


def reason_of(text: str, bounds: Bounds = BOUNDS) -> str:
    before = psutil.Process().children()
    with pytest.raises(ChildFailed) as failed:
        run(program(text), iter(()), bounds)
    assert psutil.Process().children() == before
    return failed.value.reason


def test_input_goes_in_while_output_comes_out() -> None:
    echo = "import shutil; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
    assert run(program(echo), [b"x" * MEGABYTE] * 3, BOUNDS).read() == b"x" * 3 * MEGABYTE


def test_a_child_that_does_not_read_on_is_no_error() -> None:
    assert run(program("print('enough')"), [b"x" * MEGABYTE] * 9, BOUNDS).read() == b"enough\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sys.exit(3)", "exited"),
        ("raise ValueError", "exited"),
        ("import os; os.kill(os.getpid(), 11)", "killed"),
        ("sys.stdout.write('x' * 5_000_000)", "output_too_large"),
        (LIMITED + "b = bytearray(200_000_000)", "exited"),
        (LIMITED + "exec('while True: pass')", "timed_out"),
    ],
)
def test_a_failed_child_is_reported_with_its_reason(text: str, reason: str) -> None:
    assert reason_of(text) == reason


def test_a_child_that_waits_for_ever_is_ended() -> None:
    assert reason_of("import time; time.sleep(60)", Bounds(0.2, MEGABYTE)) == "timed_out"


def test_an_error_of_the_input_ends_the_child() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"x"
        raise ZeroDivisionError

    before = psutil.Process().children()
    with pytest.raises(ZeroDivisionError):
        run(program("sys.stdin.read(); import time; time.sleep(60)"), chunks(), BOUNDS)
    assert psutil.Process().children() == before


def test_the_limits_are_those_of_the_operating_system(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr("resource.setrlimit", known.__setitem__)
    limit_this_process(megabytes=2, cpu_seconds=3)
    assert {limit[0] for limit in known.values()} == {2 * MEGABYTE, 3, 0}
