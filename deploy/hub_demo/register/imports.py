"""The files of the register that are imported during a year."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from hub_demo.commands import Command
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import SchoolYear
from hub_demo.register.files import links_csv, register_csv
from hub_demo.register.hub import InventedHub, Turn

LINKS_FOLLOW: timedelta = timedelta(minutes=10)


def imports_of(year: SchoolYear, hub: InventedHub) -> Iterator[Command]:
    """Yield the imports of September and January, with the trusts of the academy that moves."""
    september, noted_on = moment(year.opening_days[0], 6), Turn(year).noted_on
    january = moment(noted_on, 6)
    first, second = register_csv(hub.september, year), register_csv(hub.january, year)
    yield import_file("september", september, first, year.starts_on, len(hub.september))
    yield import_file("links", september + LINKS_FOLLOW, links_csv(hub.links_september), year.starts_on, 0)
    yield import_file("january", january, second, noted_on, len(hub.successors))
    yield import_file("links-january", january + LINKS_FOLLOW, links_csv(hub.links_january), noted_on, 0)
    yield Command(
        key="trusts/changed",
        at=january + 2 * LINKS_FOLLOW,
        service="enrolment",
        method="GET",
        path=f"/enrolment/v1/schools/{hub.changing_trust}/trusts",
        body={},
        lane="register",
        announces=0,
    )


def import_file(name: str, at: datetime, content: bytes, day: date, announces: int) -> Command:
    """Return the command that imports a file of a day; at least `announces` events follow."""
    return Command(
        key=f"import/{name}",
        at=at,
        service="enrolment",
        method="POST",
        path=f"/enrolment/v1/imports/gias?mode=apply&file_date={day.isoformat()}",
        body=content,
        lane="register",
        announces=announces,
    )
