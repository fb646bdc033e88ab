"""`hubctl import gias`: import of the national register's files, in the order that enrolment needs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final, cast
from urllib.parse import urlencode

import typer

from hub_contracts.json_text import JsonObject
from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.domain.gias_kinds import RegisterFileKind
from hub_enrolment.files.csv_text import read_table
from hub_enrolment.files.gias_kinds import kind_of
from hub_kernel.england import day_in_england
from hub_platform import tokens
from hub_platform.clocks import real_now
from hubctl import import_shown, moves, sending
from hubctl.import_shown import Imported, RefusedFile
from hubctl.options import AsJson, By, account
from hubctl.output import NOTHING, print_json, printable, progress, sentences
from hubctl.places import WrongUse, find_addresses, find_gate, find_token_places
from hubctl.sending import NoAnswer, Source
from hubctl.tokens import read_key

PATH: Final = "/enrolment/v1/imports/gias"
ROLE: Final = "hub_admin"
TOKEN_LASTS: Final = timedelta(minutes=5)  # the service checks it after the upload of a file
DATE_IN_NAME: Final = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)")

app = typer.Typer(help="Import public data.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Import public data."""


@dataclass(frozen=True)
class Target:
    """The enrolment service, and a function that returns a valid token."""

    url: str
    token: Callable[[], str]
    visits: str | None = None  # base URL of the visits service


@dataclass(frozen=True)
class Staged:
    """A file whose header is one of the register's."""

    source: Source
    kind: str
    file_date: date | None


@app.command("gias")
@sentences
def import_gias(
    file: Annotated[list[str], typer.Argument(help="CSV files of the register; - is standard input.")],
    preview: Annotated[
        bool, typer.Option("--preview", help="Print what would change, without changing anything.")
    ] = False,
    file_date: Annotated[
        str | None, typer.Option(help="Day of the file, such as 2025-04-22; default: the day in its name.")
    ] = None,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Import the register: schools, links, groups and group links, in that order.

    Each file is imported completely or not at all. All headers are checked before the first file is sent. The
    first refusal ends the command; earlier files stay imported. A preview lists the sessions, places and
    visits of each school that closes.
    """
    target = find_target(by)
    staged = stage(file, file_date)
    done: list[Imported] = []
    error: RefusedFile | None = None
    for one in staged:
        answer = _sent(target, one, preview=preview)
        if answer.status != 200:
            error = _refusal(one, answer)
            break
        done.append(_told(target, one, answer.body, preview=preview))
        if not as_json:
            import_shown.imported(done[-1])
            moves.show(done[-1])
    left = [one.source.name for one in staged[len(done) + (error is not None) :]]
    if as_json:
        print_json({"mode": _mode(preview=preview), "files": done, "error": error, "not_sent": left})
    else:
        import_shown.conclusion(done, error, left, preview=preview)
    if error is not None:
        raise typer.Exit(NOTHING)


def find_target(by: str) -> Target:
    """Return the service of the hub that HUB_URL names, or of the hub that runs here.

    Raises:
        WrongUse: there is none, or there is no token for it.
    """
    gate = find_gate()
    if gate is not None:
        return Target(gate.address + PATH, lambda: gate.token, gate.address)
    addresses = find_addresses()
    address = addresses.get("enrolment")
    if address is None:
        raise WrongUse(
            "No hub was found: start one with `make run`, or name one in HUB_URL and a token's file in "
            "HUB_TOKEN_FILE."
        )
    key, subject = read_key(find_token_places().private_key), by.strip() or account()

    def token() -> str:
        return tokens.issue(key, subject, [ROLE], TOKEN_LASTS, real_now())[0]

    visits = addresses.get("visits")
    return Target(address.rstrip("/") + PATH, token, visits and visits.rstrip("/"))


def stage(names: list[str], file_date: str | None) -> list[Staged]:
    """Return the files in the order of import, with the kind that each header shows.

    Raises:
        WrongUse: a file cannot be read or is not the register's, two have the same kind, or the day is wrong.
    """
    given = None if file_date is None else _day(file_date)
    staged: dict[str, Staged] = {}
    for name in names:
        source = sending.source_of(name)
        try:
            kind = kind_of(read_table(source.head()))
        except FileRefused as exc:
            raise WrongUse(f"{source.name}: {printable(exc.detail)}. Nothing was sent.") from exc
        if kind in staged:
            raise WrongUse(
                f"{staged[kind].source.name} and {source.name} are both the {kind.replace('_', ' ')} file. "
                "Nothing was sent."
            )
        staged[kind] = Staged(source, kind, given or day_in_name(source.name))
    return [staged[kind] for kind in RegisterFileKind if kind in staged]


def day_in_name(name: str) -> date | None:
    """Return the day in a file name of GIAS, such as `edubasealldata20250422.csv`; None without one."""
    for year, month, day in DATE_IN_NAME.findall(name):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse("Write a day like 2025-04-22.") from None


def _mode(*, preview: bool) -> str:
    return "preview" if preview else "apply"


def _sent(target: Target, one: Staged, *, preview: bool) -> sending.Answered:
    query = {"mode": _mode(preview=preview)} | ({"file_date": str(one.file_date)} if one.file_date else {})
    with progress(f"{one.source.name}: bytes sent", one.source.size) as tell:
        try:
            return sending.post(f"{target.url}?{urlencode(query)}", target.token(), one.source, tell)
        except NoAnswer as exc:
            return sending.Answered(0, {"code": "no_answer", "detail": str(exc)})


def _told(target: Target, one: Staged, body: JsonObject, *, preview: bool) -> Imported:
    """Return enrolment's answer about a file, for a preview with the visits of its schools."""
    told: JsonObject = {"path": one.source.name, "file_date": one.file_date and str(one.file_date)} | body
    if preview and body["moves"]:
        visits = moves.Visits(target.visits, target.token)
        answers = moves.ask(visits, body["moves"], today=day_in_england(real_now()))
        told |= {"visits": answers.by_school, "visits_missing": answers.missing}
    return cast("Imported", told)


def _refusal(one: Staged, answer: sending.Answered) -> RefusedFile:
    """Return code, detail and errors of a refusal, without other fields."""
    return {
        "path": one.source.name,
        "status": answer.status or None,
        "code": answer.body.get("code"),
        "detail": answer.body.get("detail"),
        "errors": answer.body.get("errors") or [],
    }
