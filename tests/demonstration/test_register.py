"""The invented register, as a reader of GIAS files meets it."""

import csv
import io
import re
from pathlib import Path

import pytest
from tests.demonstration.counting import rows_of, sent
from tests.demonstration.years import Year

from hub_demo.dates.school_years import SchoolYear
from hub_demo.plan import SEED
from hub_demo.register.columns import COLUMNS
from hub_demo.register.files import links_csv, register_csv
from hub_demo.register.hub import invent_hub
from hub_demo.register.words import PLACE_HEADS, PLACE_TAILS
from hub_enrolment.files.csv_text import read_table
from hub_enrolment.files.gias_establishments import read_establishments
from hub_enrolment.files.gias_links import read_links

YEAR = SchoolYear(2025)
REAL_FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "gias"
# First letters of the postcodes of the area, and the first district that is not in use there.
POSTCODE = re.compile(r"(CB|PE|NR|IP|CO)7\d [1-9][A-Z]{2}")


def test_the_same_seed_writes_the_same_bytes_and_another_seed_writes_others() -> None:
    def written(seed: str) -> bytes:
        hub = invent_hub(seed, YEAR)
        registers = register_csv(hub.september, YEAR) + register_csv(hub.january, YEAR)
        return registers + links_csv(hub.links_january)

    assert written(SEED) == written(SEED)
    assert written(SEED) != written("another")


def test_the_header_is_that_of_gias(year: Year) -> None:
    if not REAL_FILES.exists():
        pytest.skip(f"the real files are not at hand: {REAL_FILES.name} is missing next to the checkout")
    with (REAL_FILES / "gias_sample.csv").open(encoding="cp1252", newline="") as file:
        assert next(csv.reader(file)) == list(COLUMNS)
    header = register_csv(year.hub.september, year.school_year).split(b"\r\n", 1)[0]
    assert header.decode() == ",".join(f'"{name}"' for name in COLUMNS)


def test_the_header_has_139_columns_each_once() -> None:
    assert len(COLUMNS) == len(set(COLUMNS)) == 139
    assert COLUMNS[0] == "URN"
    assert COLUMNS[-1] == "LSOA (code)"


def test_the_file_is_windows_1252_and_nothing_else(year: Year) -> None:
    content = register_csv(year.hub.september, year.school_year)
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    text = content.decode("cp1252")
    assert "Lumière Fen Learning Trust" in text
    assert "Ælfthrith’s Lode" in text  # the apostrophe is in cp1252, not in ISO 8859-1
    assert content.count(b"\r\n") == content.count(b"\n") == len(year.hub.september) + 1


def test_every_row_is_complete_and_well_formed(year: Year) -> None:
    rows = rows_of(register_csv(year.hub.january, year.school_year))
    assert len({row["URN"] for row in rows}) == len(rows) == len(year.hub.january)
    assert len({row["Postcode"] for row in rows if row["EstablishmentStatus (code)"] == "1"}) > 600
    for row in rows:
        assert re.fullmatch(r"9\d{5}", row["URN"])
        assert POSTCODE.fullmatch(row["Postcode"])
        assert 500_000 < int(row["Easting"]) < 620_000
        assert 230_000 < int(row["Northing"]) < 350_000
        assert int(row["NumberOfBoys"]) + int(row["NumberOfGirls"]) == int(row["NumberOfPupils"])
        assert 0 <= float(row["PercentageFSM"]) <= 50
        for column in ("OpenDate", "CloseDate", "LastChangedDate"):
            assert re.fullmatch(r"([0-3]\d-[01]\d-(19|20)\d\d)?", row[column])
        assert not any(row[name] for name in COLUMNS if name.startswith("Head") or name == "TelephoneNum")


def test_enrolment_reads_the_files_without_a_finding(year: Year) -> None:
    register = read_establishments(read_table(register_csv(year.hub.january, year.school_year)))
    links = read_links(read_table(links_csv(year.hub.links_january)))
    assert (len(register.rows), register.findings) == (len(year.hub.january), [])
    assert (len(links.rows), links.skipped, links.findings) == (15, 15, [])


def test_the_same_establishment_number_is_not_given_to_two_open_schools(year: Year) -> None:
    numbers = [
        (row["LA (code)"], row["EstablishmentNumber"])
        for row in rows_of(register_csv(year.hub.january, year.school_year))
        if row["EstablishmentStatus (code)"] != "2"
    ]
    assert len(numbers) == len(set(numbers))


def test_closed_schools_say_when_and_most_say_who_carries_on(year: Year) -> None:
    rows = {row["URN"]: row for row in rows_of(register_csv(year.hub.january, year.school_year))}
    closed = {urn for urn, row in rows.items() if row["EstablishmentStatus (code)"] == "2"}
    links = rows_of(links_csv(year.hub.links_january))
    successors = {link["URN"]: link["LinkURN"] for link in links if link["LinkType"] == "Successor"}
    assert all(rows[urn]["CloseDate"] for urn in closed)
    assert closed - set(successors) == {year.hub.closing}
    assert all(rows[new]["EstablishmentStatus (code)"] == "1" for new in successors.values())
    assert {(link["LinkURN"], link["URN"]) for link in links if link["LinkType"] == "Predecessor"} == set(
        successors.items()
    )


def test_january_differs_from_september_only_in_what_has_happened(year: Year) -> None:
    before = {school.urn: school for school in year.hub.september}
    after = {school.urn: school for school in year.hub.january}
    changed = {urn for urn in before if before[urn] != after[urn]}
    assert changed == {*year.hub.successors, year.hub.closing, year.hub.changing_trust}
    assert set(after) - set(before) == set(year.hub.successors.values())
    assert len(year.hub.successors) == 3


def test_an_academy_leaves_its_trust_for_another_in_january_and_is_looked_up(year: Year) -> None:
    files = [body for c in sent(year.commands, r".*/imports/gias.*") if isinstance(body := c.body, bytes)]
    september, january = ({row["URN"]: row for row in rows_of(file)} for file in (files[0], files[2]))
    moved = {
        urn
        for urn, row in september.items()
        if row["EstablishmentStatus (code)"] == january[urn]["EstablishmentStatus (code)"]
        and row["Trusts (code)"] != january[urn]["Trusts (code)"]
    }
    (look,) = sent(year.commands, r".*/schools/.*/trusts")
    assert moved == {look.path.split("/")[4]}
    assert all(register[urn]["Trusts (code)"] for register in (september, january) for urn in moved)


def test_there_are_about_seventy_trusts_each_with_a_school(year: Year) -> None:
    uids = {school.trust.uid for school in year.hub.open_in_january() if school.trust}
    assert len(uids) == len(year.hub.trusts) == 70
    assert len({trust.name for trust in year.hub.trusts}) == 70


def test_no_invented_place_stands_in_a_real_school_name() -> None:
    if not REAL_FILES.exists():
        pytest.skip(f"the real files are not at hand: {REAL_FILES.name} is missing next to the checkout")
    text = io.StringIO((REAL_FILES / "links.csv").read_bytes().decode("cp1252"), newline="")
    words = {word for row in csv.DictReader(text) for word in re.findall(r"[a-z]+", row["LinkName"].lower())}
    assert len(words) > 5_000
    assert words.isdisjoint({(head + tail).lower() for head in PLACE_HEADS for tail in PLACE_TAILS})
