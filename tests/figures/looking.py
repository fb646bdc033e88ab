"""Readers of each number on the dashboard."""

import re
from collections.abc import Iterator
from typing import Any, Final

from tests.cases.every_number import district_table
from tests.reporting.reading import Element

_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
STATUSES: Final = {
    "visited, logged late": "late",
    "visited": "met",
    "excused": "excused",
    "ended, not logged yet": "awaiting_log",
    "missed": "missed",
    "nothing planned yet": "open",
    "planned": "planned",
    "to come": "ahead",
}


def numbers(text: str) -> list[float]:
    """The numbers in some words."""
    return [float(one.replace(",", "")) for one in _NUMBER.findall(text)]


def tile(page: Element, heading: str) -> list[float]:
    """The numbers of a tile, those in names of scopes left out."""
    (found,) = [one for one in page.of_class("tile") if one.every("h2")[0].text == heading]
    shown = [one for name in ("value", "of", "more") for one in found.of_class(name)]
    return [number for one in shown for number in numbers(without_names(one.text))]


def without_names(text: str) -> str:
    """Words without names of authorities, trusts, days, half terms and years, which have numbers in them."""
    names = r"(Authority|Trust|District) \d+|\d+ September|(Autumn|Spring|Summer) \d|\d{4}/\d{2}"
    return re.sub(names, "", text)


def group_rows(page: Element) -> list[dict[str, Any]]:
    """The table of Work Groups: title, teachers, schools and attendance."""
    return [
        {
            "title": row.every("th")[0].children[0].strip(),  # type: ignore[union-attr]
            "teachers": int(row.every("td")[0].text),
            "schools": int(row.every("td")[1].text),
            "attendance": next(iter(numbers(row.every("td")[2].text)), None),
        }
        for table in page.one("groups").every("table")
        for row in table.every("tbody")[0].every("tr")
    ]


def visit_cells(page: Element) -> Iterator[tuple[str, str, str]]:
    """The table of visits: school, position of the half term and status of each cell that has one."""
    for table in page.one("visits").every("table"):
        for row in table.every("tbody")[0].every("tr"):
            name = row.every("th")[0].text
            for position, cell in enumerate(row.every("td")):
                if cell.attributes.get("class"):
                    words = cell.of_class("vh")[0].text
                    yield name, str(position), next(code for said, code in STATUSES.items() if said in words)


def month_rows(page: Element) -> list[list[int]]:
    """The table of months: signed up, attended and completed."""
    (table,) = [one for one in page.every("table") if "end of each month" in one.every("caption")[0].text]
    return [
        [int(cell.text.replace(",", "")) for cell in row.every("td")[:3]]
        for row in table.every("tbody")[0].every("tr")
    ]


def districts(page: Element) -> list[dict[str, Any]]:
    """The table of districts, shares left out."""
    return [
        {name.replace("District", "district", 1): value for name, value in row.items() if name != "Share"}
        for row in district_table(page)
    ]


def attention(page: Element) -> list[tuple[int, str]]:
    """Return the items that need attention: for each its count and the address of its list."""
    return [
        (int(numbers(item.every("strong")[0].text)[0]), str(item.every("a")[0].attributes["href"]))
        for item in page.one("attention").every("li")
    ]


def map_key(page: Element) -> list[int]:
    """Schools on the map: engaged, with a PD lead, not yet."""
    return [int(numbers(one.text)[-1]) for one in page.one("reach").every("li")]
