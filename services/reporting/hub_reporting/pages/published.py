"""The public catalogue: pages of events and HTTP interfaces, JSON Schemas, AsyncAPI and OpenAPI documents."""

from typing import Final

from werkzeug.wrappers import Response

from hub_platform.access import ANYONE
from hub_platform.problems import Problem
from hub_platform.routes import JSON, PAGE, Call, Content, route
from hub_reporting.config import Configured
from hub_reporting.pages import catalogue, http_api
from hub_reporting.pages.responses import HEADERS, HTML, redirect_to
from hub_reporting.queries.hub import hub_name

SCHEMA: Final = "application/schema+json"
CACHED: Final = {"Cache-Control": "public, max-age=300"}  # the next release may change it


def published_page(html: str) -> Content:
    """Return a public page, which a browser may cache for five minutes."""
    return Content(html, HTML, headers={**HEADERS, **CACHED})


def document(text: str, media_type: str) -> Content:
    """Return a document for programs, which scripts of other sites may read."""
    return Content(text, media_type, headers=CACHED | {"Access-Control-Allow-Origin": "*"})


class Published(Configured):
    """The catalogue of events."""

    @route("GET", "/events/", allow=ANYONE, media_type=PAGE)
    def get_catalogue(self, call: Call[None]) -> Content:
        """Show every event by publisher, with diagrams of the order of events."""
        return published_page(catalogue.index(hub_name(call.session, self.options)))

    @route("GET", "/events", allow=ANYONE, status=303, media_type=PAGE)
    def get_catalogue_address(self, call: Call[None]) -> Response:  # noqa: ARG002 - every route takes the call
        """Redirect to the catalogue, whose address ends with a slash."""
        return redirect_to("/events/")

    @route("GET", "/events/<key>", allow=ANYONE, media_type=PAGE)
    def get_catalogue_page(self, call: Call[None]) -> Content:
        """Show one event: meaning, trigger, publisher, subscribers, fields, samples, versions.

        `key` is its routing key, such as VisitLogged or VisitLogged.v2.
        """
        name = hub_name(call.session, self.options)
        page = catalogue.event(name, call.path["key"], self.options.schemas_url)
        if page is None:
            raise Problem(404, "unknown_event", "No event has this name. /events/ lists all of them.")
        return published_page(page)

    @route("GET", "/schemas/<type>/<version>", allow=ANYONE, media_type=SCHEMA)
    def get_schema(self, call: Call[None]) -> Content:
        """Return the JSON Schema that the `dataschema` of an event names."""
        text = catalogue.schema(call.path["type"], call.path["version"], self.options.schemas_url)
        if text is None:
            raise Problem(404, "unknown_schema", "No event has this type and version.")
        return document(text, SCHEMA)

    @route("GET", "/asyncapi.json", allow=ANYONE)
    def get_asyncapi(self, call: Call[None]) -> Content:  # noqa: ARG002 - every route takes the call
        """Return the AsyncAPI 3.0 document: servers, security, channels, messages, schemas."""
        return document(catalogue.document(self.options.broker), JSON)


class HttpDocuments(Configured):
    """The HTTP interfaces of the services."""

    @route("GET", "/docs/api", allow=ANYONE, media_type=PAGE)
    def get_interfaces(self, call: Call[None]) -> Content:
        """Show the services and what their HTTP interfaces have in common."""
        return published_page(http_api.index(hub_name(call.session, self.options)))

    @route("GET", "/docs/api/<service>", allow=ANYONE, media_type=PAGE)
    def get_interface(self, call: Call[None]) -> Content:
        """Show one service's operations and schemas."""
        page = http_api.service(hub_name(call.session, self.options), call.path["service"])
        if page is None:
            raise _unknown_service()
        return published_page(page)

    @route("GET", "/docs/api/<service>.json", allow=ANYONE)
    def get_interface_document(self, call: Call[None]) -> Content:
        """Return one service's OpenAPI 3.1 document."""
        text = http_api.documents().get(call.path["service"])
        if text is None:
            raise _unknown_service()
        return document(text, JSON)


def _unknown_service() -> Problem:
    return Problem(404, "unknown_service", "No service has this name. /docs/api lists all of them.")
