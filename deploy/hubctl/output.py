"""What the operator sees: tables and sentences for a person, JSON for a program, exit codes for a script."""

import functools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any, Final, ParamSpec

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import SQLAlchemyError

from hub_messaging.stored_deliveries import Refused
from hubctl.places import WrongUse

NOTHING: Final = 1  # exit code: nothing matched, or it was refused
MISUSED: Final = 2  # exit code: wrong use

_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e\xa0-\U0010ffff]")

P = ParamSpec("P")


def console() -> Console:
    """Standard output; colours only at a terminal, and not when NO_COLOR is set."""
    return Console(highlight=False)


def errors() -> Console:
    """Standard error, for sentences and progress: standard output is what was asked for."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def sentences(command: Callable[P, None]) -> Callable[P, None]:
    """Let a command end with one sentence and an exit code, never with a traceback."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except WrongUse as exc:
            leave(str(exc), MISUSED)
        except Refused as exc:
            leave(str(exc), NOTHING)
        except SQLAlchemyError as exc:
            reason = "is not at its newest migration" if _lacks_tables(exc) else "does not answer"
            leave(f"A service's database {reason} ({type(exc).__name__}).", NOTHING)
        except KeyboardInterrupt:
            leave("Interrupted; what was said to be done is done, the rest is as it was.", 130)

    return wrapped


def leave(sentence: str, code: int) -> None:
    """Say why, and go."""
    errors().print(sentence, markup=False, style="red")
    raise typer.Exit(code)


def print_json(value: Any) -> None:
    """One JSON value on standard output."""
    typer.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))


def plain(value: Any) -> Any:
    """A value of dataclasses and instants as JSON has it; instants in UTC."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value


def printable(text: str | None) -> str:
    """Text that somebody sent, without what would command the terminal."""
    return _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], text or "")


def instant(value: datetime | None) -> str:
    """An instant in UTC, to the second."""
    return "" if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """A bar for long work on standard error; nothing where nobody looks. Told (done, total)."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors(),
        transient=True,
        disable=not errors().is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _lacks_tables(error: SQLAlchemyError) -> bool:
    """Whether PostgreSQL misses a table or column of ours."""
    return getattr(getattr(error, "orig", None), "pgcode", None) in {"42P01", "42703"}
