"""Every release is compared with the language of today: schemas, transport and golden samples."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from marshmallow import fields

from hub_contracts import generate, language, parse
from hub_contracts.compatibility import Rule
from hub_contracts.documents.words import described_fields
from hub_contracts.events import RecordSchema
from hub_contracts.log import LogMark
from hub_contracts.released import FOLDER, broken, files, releases
from hub_contracts.samples import samples
from hub_messaging.envelope import Envelope

RELEASES = Path(__file__).parents[2] / FOLDER
TODAY = date(2026, 11, 30)
ALL = releases(RELEASES)
Change = Callable[[dict[str, Any]], Any]


def stored(folder: Path, number: int = 0) -> Path:
    """A release of the language of today."""
    release = folder / str(number)
    for name, text in files().items():
        path = release / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return release


def edit(path: Path, change: Change) -> None:
    """Make the release say what today's language then differs from."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_todays_language_breaks_no_release() -> None:
    assert broken(RELEASES, datetime.now(UTC).date()) == []


def test_releases_are_read_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("10", "9", "0", "README"):
        (tmp_path / name).mkdir()
    assert [release.name for release in releases(tmp_path)] == ["0", "9", "10"]


def test_the_first_release_is_that_of_its_commit() -> None:
    assert len(list((RELEASES / "0" / "events").iterdir())) == 48
    assert len(list((RELEASES / "0" / "samples").iterdir())) == 97


@pytest.mark.parametrize("release", ALL, ids=lambda release: release.name)
def test_readers_of_a_release_accept_every_sample_of_today(release: Path) -> None:
    """Judged by a validator of JSON Schema that is not ours."""
    transport = json.loads((release / "transport.json").read_text())
    envelope, compared = Draft202012Validator(transport["envelope"]), 0
    for key, event in language.OURS.all.items():
        path = release / "events" / f"{event.type}.{event.version}.json"
        if path.exists():
            data = Draft202012Validator(json.loads(path.read_text()))
            for message in samples(key).values():
                envelope.validate(message)
                data.validate(message["data"])
                compared += 1
    assert compared > 90


@pytest.mark.parametrize("release", ALL, ids=lambda release: release.name)
def test_the_messaging_library_and_the_kit_read_every_golden_sample(release: Path) -> None:
    for path in (release / "samples").glob("*.json"):
        envelope = Envelope.from_bytes(path.read_bytes())
        event = language.OURS.all[path.stem.rpartition(".")[0]]
        assert (envelope.type, envelope.version) == (event.type, event.version)
        received = parse(path.read_bytes())
        assert (received.id, received.revision, type(received.event)) == (
            envelope.id,
            envelope.revision,
            event,
        )


def test_a_renamed_field_is_named_with_release_and_rule(tmp_path: Path) -> None:
    release = stored(tmp_path)

    def rename(schema: dict[str, Any]) -> None:
        schema["properties"]["happened"] = schema["properties"].pop("happened_on")
        schema["required"][schema["required"].index("happened_on")] = "happened"

    edit(release / "events" / "VisitLogged.1.json", rename)
    assert broken(tmp_path, TODAY) == [
        "release 0: VisitLogged.1 /happened: removed (a version keeps its fields)",
        "release 0: VisitLogged.1 /happened_on: now required (a new field is optional)",
    ]


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "VisitLogged.1",
            lambda address: address.update(exchange="enrolment.events"),
            "VisitLogged.1 /: exchange changed from 'enrolment.events' to 'visits.events'",
        ),
        (
            "VisitLogged.1",
            lambda address: address.update(routing_key="Visit"),
            "VisitLogged.1 /: routing_key changed from 'Visit' to 'VisitLogged'",
        ),
        (
            "VisitLogged.1",
            lambda address: address.update(subject="schools/{urn}"),
            "VisitLogged.1 /: subject changed from 'schools/{urn}' to 'visits/{visit_id}'",
        ),
        (
            "LogMark.1",
            lambda address: address.update(exchange="hub.log"),
            "LogMark.1 /: exchange changed from 'hub.log' to None",
        ),
    ],
)
def test_an_event_keeps_its_address(tmp_path: Path, name: str, change: Change, said: str) -> None:
    release = stored(tmp_path)
    edit(release / "transport.json", lambda transport: change(transport["events"][name]))
    rule = "an event keeps its exchange, routing key and subject"
    assert broken(tmp_path, TODAY) == [f"release 0: {said} ({rule})"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda envelope: envelope["properties"].update(hub={"type": "string"}), "/hub: removed"),
        (lambda envelope: envelope["required"].append("after"), "/after: no longer required"),
        (
            lambda envelope: envelope["properties"]["revision"].update(maximum=1000),
            "/revision: maximum changed from 1000 to 2147483647",
        ),
        (
            lambda envelope: envelope["properties"]["specversion"].update(const="0.3"),
            "/specversion: codes changed: ['0.3'] removed, ['1.0'] added",
        ),
    ],
)
def test_an_envelope_says_what_it_said(tmp_path: Path, change: Change, said: str) -> None:
    release = stored(tmp_path)
    edit(release / "transport.json", lambda transport: change(transport["envelope"]))
    rule = "an envelope satisfies every released envelope schema"
    assert broken(tmp_path, TODAY) == [f"release 0: envelope {said} ({rule})"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.update(via="carrier_pigeon"), "sample by_enquiry is refused"),
        (lambda data: data.update(via=None), "sample by_enquiry is refused"),
    ],
)
def test_a_golden_sample_is_read_for_ever(tmp_path: Path, change: Change, said: str) -> None:
    release = stored(tmp_path)
    sample = release / "samples" / "SchoolConnected.by_enquiry.json"
    edit(sample, lambda message: change(message["data"]))
    expected = f"release 0: SchoolConnected.1 /via: {said} (a released sample is read as it was)"
    assert broken(tmp_path, TODAY) == [expected]


def test_a_value_of_a_golden_sample_is_not_dropped(tmp_path: Path) -> None:
    release = stored(tmp_path)
    sample = release / "samples" / "SchoolConnected.by_enquiry.json"
    edit(sample, lambda message: message["data"].update(introduced_by="trust"))
    said = "/introduced_by: sample by_enquiry is read differently (a released sample is read as it was)"
    assert broken(tmp_path, TODAY) == [f"release 0: SchoolConnected.1 {said}"]


def test_each_release_is_compared_by_itself(tmp_path: Path) -> None:
    """A field that came with release 1 is promised since then."""
    stored(tmp_path, 0)
    edit(
        stored(tmp_path, 1) / "events" / "SchoolConnected.1.json",
        lambda schema: schema["properties"].update(visited={"type": "string"}),
    )
    said = "release 1: SchoolConnected.1 /visited: removed (a version keeps its fields)"
    assert broken(tmp_path, TODAY) == [said]


def test_a_mark_has_one_version(tmp_path: Path) -> None:
    class LogMarkV2(LogMark):
        version = 2

    stored(tmp_path)
    marks = language.OURS.marks | {LogMarkV2.key: LogMarkV2}
    said = broken(tmp_path, TODAY, replace(language.OURS, marks=marks))
    rule = "a mark has one version, because services of all releases read the log"
    assert said == [f"LogMark.v2 /: version 2 of a mark ({rule})"]


def test_a_new_event_breaks_no_subscriber(tmp_path: Path) -> None:
    release = stored(tmp_path)
    for path in release.glob("*/VisitLogged.*"):
        path.unlink()
    edit(release / "transport.json", lambda told: told["events"].pop("VisitLogged.1"))
    assert "VisitLogged" in language.OURS.events
    assert broken(tmp_path, TODAY) == []


@pytest.mark.parametrize("asked", ["--write", "--check"])
def test_a_break_stops_the_generator(tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: str) -> None:
    release = stored(tmp_path / "releases")
    arguments = [asked, "--to", str(tmp_path / "events"), "--releases", str(tmp_path / "releases")]
    edit(
        release / "events" / "SchoolChanged.1.json",
        lambda schema: schema["properties"].update(headteacher_id={"type": "string"}),
    )
    (release / "events" / "SchoolMoved.1.json").write_text("{}")
    assert generate.main(arguments) == 1
    assert capsys.readouterr().out.splitlines()[1:] == [
        "release 0: SchoolChanged.1 /headteacher_id: removed (a version keeps its fields)",
        f"release 0: SchoolMoved.1 /: removed ({Rule.KEEPS_VERSION})",
    ]
    assert not (tmp_path / "events").exists()


def test_a_folder_without_a_release_compares_nothing_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate.main(["--check", "--releases", str(tmp_path)]) == 1
    assert "holds no release" in capsys.readouterr().out


def test_a_field_without_a_meaning_cannot_be_documented() -> None:
    class Schema(RecordSchema):
        plain = fields.Integer()

    with pytest.raises(TypeError, match=r"Schema\.plain has no meaning"):
        described_fields(Schema())
