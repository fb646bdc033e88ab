"""`hubctl import gias` against the enrolment service itself."""

from pathlib import Path

import pytest
from tests.enrolment.register_files import gias, group_links, groups, links, row
from tests.hubctl.conftest import file, hubctl
from tests.support.services import RunningService


@pytest.fixture(name="far")
def _far(no_hub: None, service: RunningService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the service as an operator outside the deployment does."""
    token = service.client("hub_lead").token
    (tmp_path / "token").write_text(f"{token}\n")
    monkeypatch.setenv("HUB_URL", f"http://127.0.0.1:{service.port}/")
    monkeypatch.setenv("HUB_TOKEN_FILE", str(tmp_path / "token"))


def school(service: RunningService, urn: str) -> int:
    return service.client("hub_lead")("GET", f"/enrolment/v1/schools/{urn}").status


@pytest.mark.usefixtures("here")
def test_files_go_in_the_order_in_which_each_needs_the_others(
    service: RunningService, tmp_path: Path
) -> None:
    old, new = row(**{"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025"}), row()
    named = [
        file(tmp_path, "glinks.csv", group_links((new["URN"], "88001", "Multi-academy trust", "01/09/2025"))),
        file(tmp_path, "groups.csv", groups(("88001", "Nene", "", "Multi-academy trust", "", "Open"))),
        file(tmp_path, "links.csv", links((old["URN"], new["URN"], "Successor", "01-09-2025"))),
        file(tmp_path, "edubasealldata20250902.csv", gias(old, new)),
    ]
    said = hubctl("import", "gias", *named, "--by", "grace", "--json")
    assert said.code == 0, said.err
    told = said.json
    assert (told["mode"], told["error"], told["not_sent"]) == ("apply", None, [])
    assert [one["file"] for one in told["files"]] == ["establishments", "links", "groups", "group_links"]
    assert [one["file_date"] for one in told["files"]] == ["2025-09-02", None, None, None]
    assert told["files"][1]["successors"] == 1
    listed = service.client("hub_lead")("GET", "/enrolment/v1/imports?limit=4").json["items"]
    assert [one["import_id"] for one in reversed(listed)] == [one["import_id"] for one in told["files"]]
    assert {one["applied_by"] for one in listed} == {"grace"}
    assert listed[-1]["file_date"] == "2025-09-02"


@pytest.mark.usefixtures("here")
def test_a_table_fits_a_terminal_and_tells_all_that_counts(service: RunningService, tmp_path: Path) -> None:
    said = hubctl("import", "gias", file(tmp_path, "a.csv", gias(row())), "--preview", COLUMNS="80")
    head, counts, *_ = said.out.splitlines()
    assert (head.split(), counts.split()) == (["file", "rows", "created"], ["establishments", "1", "1"])


@pytest.mark.usefixtures("here")
def test_a_preview_says_what_would_change_and_changes_nothing(
    service: RunningService, tmp_path: Path
) -> None:
    one = row(NumberOfPupils="SUPP")
    said = hubctl("import", "gias", file(tmp_path, "a.csv", gias(one)), "--preview", COLUMNS="160")
    assert said.code == 0, said.err
    head, counts, found, finding, last = said.out.splitlines()
    assert head.split() == [
        "file", "rows", "created", "changed", "unchanged", "closed", "successors", "skipped", "findings",
    ]  # fmt: skip
    assert counts.split() == ["establishments", "1", "1", "0", "0", "0", "0", "0", "1"]
    assert found == "Found: 1 not_a_number."
    assert finding == (
        f"  row 2, school {one['URN']}, NumberOfPupils: “SUPP” is not a number and was left out"
    )
    assert last.startswith("Nothing was changed")
    assert school(service, one["URN"]) == 404


@pytest.mark.usefixtures("far")
def test_a_hub_elsewhere_is_named_with_a_token_in_a_file(service: RunningService, tmp_path: Path) -> None:
    one = row()
    said = hubctl("import", "gias", file(tmp_path, "a.csv", gias(one)), "--file-date", "2025-05-02")
    assert (said.code, said.out.splitlines()[-1]) == (0, "Imported 1 file.")
    assert school(service, one["URN"]) == 200
    newest = service.client("hub_lead")("GET", "/enrolment/v1/imports?limit=1").json["items"][0]
    assert (newest["applied_by"], newest["file_date"]) == ("tester", "2025-05-02")


@pytest.mark.usefixtures("here")
def test_a_file_may_come_in_at_standard_input(service: RunningService) -> None:
    one = row()
    said = hubctl("import", "gias", "-", typed=gias(one))
    assert said.code == 0, said.err
    assert school(service, one["URN"]) == 200


@pytest.mark.usefixtures("here")
def test_the_first_refused_file_ends_it_and_says_what_is_in(service: RunningService, tmp_path: Path) -> None:
    good, bad = row(), links(("abc", "100002", "Successor", ""))
    named = [
        file(tmp_path, "last.csv", groups(("88002", "Ouse", "", "Multi-academy trust", "", "Open"))),
        file(tmp_path, "bad.csv", bad),
        file(tmp_path, "good.csv", gias(good)),
    ]
    said = hubctl("import", "gias", *named)
    assert said.code == 1
    assert "bad.csv was refused (row_broken): Row 2" in said.err
    assert said.err.splitlines()[-2:] == ["Imported before it: good.csv.", "Not sent: last.csv."]
    assert school(service, good["URN"]) == 200
    told = hubctl("import", "gias", *named, "--json").json
    assert [one["path"] for one in told["files"]] == ["good.csv"]
    assert (told["error"]["path"], told["error"]["status"], told["error"]["code"]) == (
        "bad.csv", 422, "row_broken",
    )  # fmt: skip
    assert told["error"]["errors"][0]["pointer"] == "/rows/2/URN"
    assert told["not_sent"] == ["last.csv"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"PK\x03\x04 a spreadsheet", "this is a spreadsheet or an archive"),
        (b"name,age\r\nAda,36\r\n", "this is not a file of the register"),
        (b"URN,Governor\r\n100001,x\r\n", "this is another extract of the register"),
        (b"", "the file is empty"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_none_of_the_registers_files_stops_all_before_anything_is_sent(
    service: RunningService, tmp_path: Path, raw: bytes, words: str
) -> None:
    good = row()
    said = hubctl("import", "gias", file(tmp_path, "good.csv", gias(good)), file(tmp_path, "bad.csv", raw))
    assert said.code == 2
    assert f"bad.csv: Row 1: {words}" in said.err
    assert "Nothing was sent." in said.err
    assert school(service, good["URN"]) == 404


@pytest.mark.usefixtures("here")
def test_two_files_of_one_kind_are_one_too_many(tmp_path: Path) -> None:
    named = [file(tmp_path, name, gias(row())) for name in ("a.csv", "b.csv")]
    said = hubctl("import", "gias", *named)
    assert said.code == 2
    assert "a.csv and b.csv are both the establishments file. Nothing was sent." in said.err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing.csv",), "missing.csv cannot be read (No such file or directory)."),
        (("missing.csv", "--file-date", "1 May"), "Write a day like 2025-04-22."),
        ((), "file"),
    ],
)
def test_wrong_use_gives_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    said = hubctl("import", "gias", *arguments)
    assert said.code == 2
    assert words in said.err


@pytest.mark.usefixtures("far")
def test_a_refused_token_gives_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUB_TOKEN_FILE")
    monkeypatch.setenv("HUB_TOKEN", "nonsense")
    said = hubctl("import", "gias", file(tmp_path, "a.csv", gias(row())))
    assert said.code == 1
    assert "a.csv was refused (invalid_token)" in said.err
