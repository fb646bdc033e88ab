"""Readers of the dashboard's tables, cell by cell."""

from typing import Any

from tests.reporting.reading import Element


def district_table(page: Element) -> list[dict[str, Any]]:
    """The table of districts: its counts by heading, shares left out."""
    (table,) = [
        one for one in page.one("reach").every("table") if "district" in one.every("caption")[0].text.lower()
    ]
    headings = [one.text for one in table.every("thead")[0].every("th")]
    rows = [[cell.text for cell in row.every("th", "td")] for row in table.every("tbody")[0].every("tr")]
    return [
        {
            heading: int(text.replace(",", "")) if text.replace(",", "").isdigit() else text
            for heading, text in zip(headings, row, strict=True)
        }
        for row in rows
    ]
