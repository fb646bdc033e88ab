"""Formatting of imports: the answer about each file, its findings, and the conclusion."""

from collections import Counter
from typing import Final, Literal, TypedDict, get_args

from rich.text import Text

from hubctl import moves, shown
from hubctl.output import console, errors, printable

Count = Literal[
    "rows", "created", "changed", "unchanged", "closed", "successors", "skipped", "findings_n"
]  # fmt: skip
COUNTS: Final[tuple[Count, ...]] = get_args(Count)
FINDINGS_SHOWN: Final = 20


class Finding(TypedDict):
    """A finding of enrolment about a row or about the whole file."""

    code: str
    detail: str
    row: int | None
    urn: str | None
    column: str | None


class Imported(moves.Effects):
    """An imported or previewed file: its name and day, and enrolment's answer."""

    path: str
    file_date: str | None
    file: str  # kind of register file
    import_id: str | None  # None for a preview
    rows: int
    created: int
    changed: int
    unchanged: int
    closed: int
    successors: int
    skipped: int
    findings_n: int
    findings: list[Finding]  # the first 1,000


class RefusedFile(TypedDict):
    """A file that was not imported, with the reason."""

    path: str
    status: int | None  # None without an answer
    code: str | None
    detail: str | None
    errors: list[dict[str, str]]


def imported(done: Imported) -> None:
    """Print a table of counts, the number of findings of each kind, and the first findings."""
    wide = console().width >= shown.WIDE  # a narrow terminal shows no empty columns
    counted = [name for name in COUNTS if wide or name == "rows" or done[name]]
    table = shown.table_of("file", *(name.removesuffix("_n") for name in counted))
    table.add_row(*map(Text, [done["file"].replace("_", " "), *(f"{done[name]:,}" for name in counted)]))
    console().print(table)
    found = done["findings"]
    if not found:
        return
    kinds = Counter(one["code"] for one in found).most_common()
    shown.say("Found: " + ", ".join(f"{count} {code}" for code, count in kinds) + ".")
    for one in found[:FINDINGS_SHOWN]:
        place = f"row {one['row']}" if one["row"] else "not in the file"
        words = f"  {place}, school {one['urn'] or '-'}, {one['column'] or 'whole row'}: {one['detail']}"
        shown.say(printable(words))
    if done["findings_n"] > FINDINGS_SHOWN:
        where = f"GET /enrolment/v1/imports/{done['import_id']}/findings.csv"
        more = f"{done['findings_n'] - FINDINGS_SHOWN:,} more"
        shown.say(f"  {more}: {where if done['import_id'] else '--json shows the first 1,000'}.")


def conclusion(done: list[Imported], error: RefusedFile | None, left: list[str], *, preview: bool) -> None:
    """Print which files were imported, which was refused and why, and which were not sent."""
    if error is None:
        shown.say(
            "Nothing was changed; each file was compared with the present data, without the other files."
            if preview
            else f"Imported {len(done)} {'file' if len(done) == 1 else 'files'}."
        )
        return
    say = errors().print
    say(
        printable(f"{error['path']} was refused ({error['code']}): {error['detail']}"),
        markup=False,
        style="red",
    )
    for one in error["errors"][:FINDINGS_SHOWN]:
        say(printable(f"  {one.get('detail')}"), markup=False)
    before = ", ".join(one["path"] for one in done)
    say(f"Imported before it: {before}." if before else "Nothing was imported.", markup=False)
    if left:
        say(f"Not sent: {', '.join(left)}.", markup=False)
