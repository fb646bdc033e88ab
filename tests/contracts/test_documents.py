"""The generated documents: fresh, complete and consistent in themselves."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hub_contracts import EVENTS, MARKS, PUBLISHERS
from hub_contracts.documents import envelope
from hub_contracts.documents.readers import readers
from hub_contracts.generate import documents, main, stale
from hub_messaging import envelope as post
from hub_messaging import topology
from hub_messaging.subscribers.limits import DEAD_MESSAGES, DELIVERIES, Limits

DOCS = Path(__file__).parents[2] / "docs" / "events"
ASYNCAPI = json.loads(documents()["asyncapi.json"])


def refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from refs(each)


def test_the_generated_files_are_fresh() -> None:
    assert stale(DOCS) == [], "run `python -m hub_contracts.generate --write`"


def test_a_check_names_what_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = ["--to", str(tmp_path)]
    assert main(["--write", *to]) == 0
    assert main(["--check", *to]) == 0
    (tmp_path / "VisitLogged.md").write_text("by hand")
    (tmp_path / "schemas" / "MessageSent.1.json").unlink()
    (tmp_path / "VisitDreamt.md").write_text("no such event")
    capsys.readouterr()
    assert main(["--check", *to]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "stale: VisitDreamt.md",
        "stale: VisitLogged.md",
        "stale: schemas/MessageSent.1.json",
    ]
    assert main(["--write", *to]) == 0
    assert main(["--check", *to]) == 0


@pytest.mark.parametrize("type_", EVENTS)
def test_a_page_tells_all_about_its_event(type_: str) -> None:
    page, event = documents()[f"{type_}.md"], EVENTS[type_]
    assert f"exchange `{event.publisher}.events`" in page
    assert "Published " in page
    for name in event.schema.fields:
        assert f"| `{name}` |" in page
    assert page.count("```json") >= 2


def test_the_index_leads_to_every_page() -> None:
    index = documents()["README.md"]
    for type_ in EVENTS:
        assert f"[{type_}]({type_}.md)" in index


def test_asyncapi_has_a_channel_for_each_exchange_with_its_events() -> None:
    channels = ASYNCAPI["channels"]
    assert {name: set(channel["messages"]) for name, channel in channels.items() if ".events" in name} == {
        f"{publisher}.events": {event.key for event in events} | set(MARKS)
        for publisher, events in PUBLISHERS.items()
    }


def test_asyncapi_has_the_queue_of_each_service_with_what_it_reads() -> None:
    channels = ASYNCAPI["channels"]
    for service in ("enrolment", "visits", "notifications", "reporting"):
        read = {key for key, services in readers().items() if service in services}
        assert set(channels[f"{service}.in"]["messages"]) == read | set(MARKS)
    assert channels.keys() - {name for name in channels if ".events" in name or ".in" in name} == {
        "hub.log",
        "subscriber",
        "subscriber.dead",
    }
    assert set(channels["subscriber"]["messages"]) == set(EVENTS)


def test_asyncapi_tells_the_limits_that_a_subscribers_queue_has() -> None:
    told, dead = (ASYNCAPI["channels"][name]["description"] for name in ("subscriber", "subscriber.dead"))
    usual = Limits()
    assert f"at most {usual.messages:,} messages, {usual.mebibytes} MiB and {usual.days} days" in told
    assert f"redelivered {DELIVERIES} times" in dead
    assert f"at most {DEAD_MESSAGES:,} and {usual.days} days" in dead


def test_asyncapi_refers_only_to_what_is_there() -> None:
    found = set(refs(ASYNCAPI))
    assert len(found) > len(EVENTS)
    for ref in found:
        node = ASYNCAPI
        for key in ref.removeprefix("#/").split("/"):
            node = node[key]


@pytest.mark.parametrize("type_", EVENTS)
def test_the_samples_in_asyncapi_follow_its_schemas(type_: str) -> None:
    message = ASYNCAPI["components"]["messages"][type_]
    validator = Draft202012Validator(message["payload"] | {"components": ASYNCAPI["components"]})
    assert len(message["examples"]) >= 2
    for example in message["examples"]:
        validator.validate(example["payload"])
        assert not validator.is_valid(example["payload"] | {"type": "SomethingElse"})
        assert not validator.is_valid(example["payload"] | {"data": {}})


@pytest.mark.parametrize("publisher", PUBLISHERS)
def test_the_catalogue_and_the_messaging_library_name_the_same_exchange(publisher: str) -> None:
    assert envelope.exchange_of(publisher) == topology.exchange_of(publisher)
    assert envelope.CONTENT_TYPE == post.CONTENT_TYPE
