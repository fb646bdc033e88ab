"""Pages and documents served without a token: the catalogue, schemas, AsyncAPI and OpenAPI."""

import json
from urllib.parse import urldefrag, urlsplit

import pytest
from tests.reporting.reading import Element, read
from tests.support import browsers
from tests.support.services import Client, Reply, RunningService

from hub_contracts import EVENTS, MARKS
from hub_contracts.documents.readers import readers
from hub_contracts.samples import samples
from hub_local.services import SERVICES

NAMES = [service.name for service in SERVICES]
STARTS = ["/events/", "/docs/api"]
# One of each kind: the index, events with records and with pseudonyms, a technical event, interfaces.
LOOKED_AT = [
    *("/events/", "/events/PDLeadAssigned", "/events/SessionCompleted", "/events/LogMark"),
    *("/docs/api", *(f"/docs/api/{name}" for name in NAMES)),
]


@pytest.fixture(name="anyone")
def _anyone(service: RunningService) -> Client:
    """Return a client without a token."""
    return Client(service.port)


def test_schema_named_by_each_event_is_served(anyone: Client) -> None:
    for key, event in (EVENTS | MARKS).items():
        for sample in samples(key).values():
            path = urlsplit(sample["dataschema"]).path
            reply = anyone("GET", path)
            assert reply.status == 200, path
            assert reply.headers["Content-Type"] == "application/schema+json"
            assert reply.json["$id"].endswith(f"/schemas/{event.type}/{event.version}")
            assert urlsplit(reply.json["$id"]).path == path


@pytest.mark.parametrize(
    "path",
    ["/schemas/VisitLogged/2", "/schemas/VisitLogged/01", "/schemas/VisitDreamt/1", "/events/VisitLogged.v2"],
)
def test_unpublished_documents_are_not_found(anyone: Client, path: str) -> None:
    assert anyone("GET", path).status == 404
    page = anyone("GET", path, Accept="text/html")
    assert (page.status, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_asyncapi_names_the_hub_where_subscribers_find_it(anyone: Client) -> None:
    document = anyone("GET", "/asyncapi.json").json
    assert document["asyncapi"] == "3.0.0"
    assert document["servers"]["hub"]["host"] == "hub.example.org:5671"
    assert set(document["components"]["messages"]) == set(EVENTS | MARKS)


@pytest.mark.parametrize("name", NAMES)
def test_document_of_each_interface_is_served(anyone: Client, name: str) -> None:
    assert f"/{name}/v1/clock" in anyone("GET", f"/docs/api/{name}.json").json["paths"]


def test_service_serves_its_own_description_without_a_token(anyone: Client) -> None:
    own, shown = (
        anyone("GET", path).json for path in ("/reporting/v1/openapi.json", "/docs/api/reporting.json")
    )
    assert own == shown


def test_catalogue_without_slash_redirects(anyone: Client) -> None:
    reply = anyone("GET", "/events")
    assert (reply.status, reply.headers["Location"]) == (303, "/events/")


def test_documents_may_be_cached_and_read_by_other_sites(anyone: Client) -> None:
    for path in ("/asyncapi.json", "/schemas/VisitLogged/1", "/docs/api/visits.json"):
        headers = anyone("GET", path).headers
        assert headers["Cache-Control"] == "public, max-age=300"
        assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in anyone("GET", "/events/").headers


def test_page_of_an_event_has_all_parts(anyone: Client) -> None:
    page = read(anyone("GET", "/events/VisitLogged").body.decode())
    facts = {one.text for one in page.of_class("facts")[0].every("dt")}
    assert facts >= {"When", "Publisher", "Routing key", "Subject", "Read by", "Owner", "Personal data"}
    words = page.text
    assert ", ".join(readers()["VisitLogged"]) in words
    assert "half days" in words  # a unit
    assert "Get Information About Schools" in words  # a source
    assert "VisitPlanned" in words  # of the same subject
    for field in EVENTS["VisitLogged"].schema.fields:
        assert field in words
    assert [json.loads(sample.text) for sample in page.every("pre")] == [*samples("VisitLogged").values()]


def test_every_link_of_every_published_page_is_answered(anyone: Client) -> None:
    pages: dict[str, Reply] = {}
    waiting, broken = list(STARTS), []
    while waiting:
        path = waiting.pop()
        if path in pages:
            continue
        pages[path] = anyone("GET", path)
        if not pages[path].headers["Content-Type"].startswith("text/html"):
            continue
        for address, fragment in links(read(pages[path].body.decode())):
            assert not urlsplit(address).netloc, f"{path} leads to another host: {address}"
            target = address or path
            if target != "/":  # the dashboard asks for a session
                waiting.append(target)
                broken.append((path, target, fragment))
    assert len(pages) > len(EVENTS) + len(NAMES)
    assert {path: reply.status for path, reply in pages.items() if reply.status != 200} == {}
    ids = {path: known_ids(reply) for path, reply in pages.items()}
    assert [each for each in broken if each[2] and each[2] not in ids[each[1]]] == []


def links(page: Element) -> list[tuple[str, str]]:
    """Return the addresses and fragments of all links, style sheets and images of a page."""
    found = [one.attributes.get("href") or one.attributes.get("src") or "" for one in page.every()]
    return [(address, fragment) for address, fragment in map(urldefrag, found) if address or fragment]


def known_ids(reply: Reply) -> set[str | None]:
    """Return the ids of a page, which fragments of addresses may name."""
    if not reply.headers["Content-Type"].startswith("text/html"):
        return set()
    return {one.attributes.get("id") for one in read(reply.body.decode()).every()}


def test_pages_pass_axe_on_narrow_and_wide_screens(service: RunningService) -> None:
    root = f"http://127.0.0.1:{service.port}"
    for found in browsers.looked_at([root + path for path in LOOKED_AT]):
        where = (found["address"], found["width"])
        assert found["status"] == 200, where
        assert found["violations"] == [], where
        assert found["elsewhere"] == [], where
        assert found["said"] == [], where
        assert found["overflow"] <= 0, where
