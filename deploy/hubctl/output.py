"""Output: tables and sentences for people, JSON for programs, exit codes for scripts."""

import functools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, ParamSpec

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import SQLAlchemyError

from hub_messaging.stored_deliveries import Refused
from hubctl.places import WrongUse

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NOTHING: Final = 1  # exit code: nothing matched, or the request was refused
MISUSED: Final = 2  # exit code: wrong use

_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e\xa0-\U0010ffff]")

P = ParamSpec("P")


def console() -> Console:
    """Return standard output, with colours only at a terminal without NO_COLOR."""
    return Console(highlight=False)


def errors() -> Console:
    """Return standard error, for sentences and progress; standard output has the results."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def sentences(command: Callable[P, None]) -> Callable[P, None]:
    """Make a command end with one sentence and an exit code instead of a traceback."""

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
            leave("Interrupted. Steps that were reported are done, the others are not.", 130)

    return wrapped


def leave(sentence: str, code: int) -> None:
    """Print a sentence on standard error and exit with the code."""
    errors().print(sentence, markup=False, style="red")
    raise typer.Exit(code)


def print_json(value: object) -> None:
    """Print a JSON value on standard output."""
    typer.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))


def plain(value: object) -> object:
    """Return a value of dataclasses and instants as JSON values; instants in UTC."""
    if is_dataclass(value) and not isinstance(value, type):
        return fields_of(value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value


def fields_of(value: "DataclassInstance") -> dict[str, object]:
    """Return the fields of a dataclass as JSON values."""
    return {name: plain(one) for name, one in asdict(value).items()}


def flattened(value: "DataclassInstance", inner: str) -> dict[str, object]:
    """Return the fields of a dataclass as JSON values, after those of its field `inner`, a dataclass too."""
    others = fields_of(value)
    del others[inner]
    return fields_of(getattr(value, inner)) | others


def printable(text: str | None) -> str:
    """Return a text from outside without control characters of terminals."""
    return _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], text or "")


def instant(value: datetime | None) -> str:
    """Return an instant in UTC, to the second."""
    return "" if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on standard error, at a terminal only; the block calls it with (done, total)."""
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
    """Return whether PostgreSQL reports a missing table or column."""
    return getattr(getattr(error, "orig", None), "pgcode", None) in {"42P01", "42703"}
