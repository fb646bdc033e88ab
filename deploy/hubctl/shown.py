"""Formatting of deliveries, groups and results."""

from collections.abc import Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from hub_messaging.stored_deliveries import Group, Shown
from hubctl.databases import Found
from hubctl.editor import editable
from hubctl.output import console, fields_of, flattened, instant, plain, print_json, printable

SHORT: Final = 12  # characters of an id's end, which is random; its beginning is the time
WIDE: Final = 120  # columns of a terminal on which every column fits
BYTES_SHOWN: Final = 1024  # of a body that is not text
BYTES_A_LINE: Final = 32
WORDS: Final = {"type": 4, "subject": 4, "error": 5, "roles": 4}  # relative widths of columns with words
UUID_WIDTH: Final = 36  # ids of tokens are shown completely, so that they can be copied
FOLDED: Final = frozenset({"roles"})  # lists are wrapped instead of shortened
NUMBERS: Final = frozenset(
    {"tries", "behind", "count", "live", "new", "only live", "only new", "rows", "created", "changed"}
    | {"unchanged", "closed", "successors", "skipped", "findings"}
    | {"waiting", "dead", "limit", "readers", "events"}
    | {"people", "sessions", "places", "offers", "applications", "assignments", "visits"}
)


def say(sentence: str) -> None:
    """Print a line without interpreting markup."""
    console().print(sentence, markup=False, soft_wrap=True)


def deliveries(rows: Sequence[Found], total: int, *, as_json: bool) -> None:
    """Print a table of deliveries, and their number."""
    if as_json:
        print_json({"total": total, "deliveries": [delivery(one) for one in rows]})
        return
    out = console()
    if not rows:
        say("Nothing is parked.")
        return
    wide = out.width >= WIDE
    table = table_of(
        "id", "service", "type", *(["subject", "state"] if wide else []), "tries", "behind", "error"
    )
    for found in rows:
        one = found.kept
        row = [one.key.event_id[-SHORT:], found.service, _typed(one.type, one.last_error)]
        row += [printable(one.subject), one.state] if wide else []
        row += [str(one.attempts), str(one.behind or ""), printable(one.last_error)]
        table.add_row(*map(Text, row))
    out.print(table)
    hidden = total - len(rows)
    say(
        f"{total} in all."
        if not hidden
        else f"{total} in all; {hidden} are not listed: raise --limit, or use --grouped."
    )


def groups(listed: Sequence[tuple[str, Group]], *, as_json: bool) -> None:
    """Print a table of groups, the largest first."""
    ordered = sorted(listed, key=lambda one: -one[1].count)
    if as_json:
        print_json({"groups": [{"service": service} | fields_of(group) for service, group in ordered]})
        return
    if not ordered:
        say("Nothing is parked.")
        return
    wide = console().width >= WIDE
    table = table_of("count", "service", "type", "error", "behind", "since", *(["last"] if wide else []))
    for service, group in ordered:
        row = [str(group.count), service, _typed(group.type, group.error), printable(group.error)]
        row += [str(group.behind or ""), instant(group.first_at)[:16]]
        row += [instant(group.last_at)[:16]] if wide else []
        table.add_row(*map(Text, row))
    console().print(table)


def one(service: str, shown: Shown, *, as_json: bool) -> None:
    """Print all details of one delivery."""
    kept = shown.kept
    if as_json:
        bodies = {"body": _body_as_json(shown.body), "original": _body_as_json(shown.original)}
        print_json(delivery(Found(service, kept)) | bodies | {"history": plain(shown.history)})
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _facts(service, shown):
        if value:
            table.add_row(name, Text(value))
    console().print(table)
    for title, body in (("Body", shown.body), ("Original", shown.original)):
        if body is not None:
            console().print(f"\n{title}", style="bold")
            console().print(Text(_body_as_text(body)), overflow="fold")


def done(what: str, changed: int, total: int, *, dry_run: bool) -> None:
    """Print the result of a change."""
    left = total - changed
    if not changed:
        say(f"Nothing was {what}: nothing matched, or another process is handling it.")
    elif dry_run:
        say(f"{changed} would be {what}.")
    else:
        say(
            f"{changed} {what}."
            + (f" {left} skipped: removed, or handled by another process." if left else "")
        )


def delivery(found: Found) -> dict[str, object]:
    """Return a delivery as JSON values."""
    return {"service": found.service} | flattened(found.kept, "key")


def table_of(*columns: str) -> Table:
    """Return an empty table, in which columns of words shrink before names and numbers."""
    table = Table(box=None, header_style="bold", pad_edge=False, expand=True)
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in NUMBERS else "left",
            no_wrap=column not in FOLDED,
            overflow="ellipsis",
            min_width=UUID_WIDTH if column == "token" else None,
            ratio=WORDS.get(column),
        )
    return table


def _typed(type_: str | None, error: str | None) -> str:
    """Return the type of a delivery, or the reason why it has none."""
    return printable(type_) or ("forged" if (error or "").startswith("Forged") else "unreadable")


def _facts(service: str, shown: Shown) -> list[tuple[str, str]]:
    kept = shown.kept
    facts = [
        ("Id", kept.key.event_id),
        ("Service", service),
        ("Source", printable(kept.key.source)),
        ("Type", _typed(kept.type, kept.last_error)),
        ("Subject", f"{printable(kept.subject)}, revision {kept.revision}" if kept.subject else ""),
        ("State", kept.state + (", edited" if kept.edited else "")),
        ("Received", instant(kept.received_at)),
        ("Attempts", str(kept.attempts)),
        ("Next attempt", instant(kept.next_attempt_at)),
        ("Held behind it", str(kept.behind)),
        ("First error", printable(kept.first_error)),
        ("Last error", "the same" if kept.first_error == kept.last_error else printable(kept.last_error)),
    ]
    actions = [(instant(a.at), f"{a.action} by {printable(a.by)}: {printable(a.why)}") for a in shown.history]
    return facts + actions


def _body_as_json(body: bytes | None) -> dict[str, str] | None:
    if body is None:
        return None
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"hex": body.hex()}


def _body_as_text(body: bytes) -> str:
    try:
        return "\n".join(printable(line) for line in editable(body).splitlines())
    except UnicodeDecodeError:
        lines = range(0, min(len(body), BYTES_SHOWN), BYTES_A_LINE)
        text = "\n".join(body[start : start + BYTES_A_LINE].hex(" ", -4) for start in lines)
        more = len(body) - BYTES_SHOWN
        return text + (f"\n… and {more} bytes more" if more > 0 else "")
